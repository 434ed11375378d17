"""Tokens of source code hosting: GitHub (with its check sum), GitLab, Bitbucket, Gitea and others."""

from __future__ import annotations

import zlib

from dlp.detect.secrets.rule import Rule, Traits, keyed

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK_SIZE = 6


def check_sum(body: str) -> str:
    """The last six characters of a GitHub token: CRC-32 of the part between prefix and check sum, in base 62."""
    number, digits = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, len(_BASE62))
        digits = _BASE62[digit] + digits
    return digits.rjust(_CHECK_SIZE, "0")


def github_confidence(token: str) -> float:
    """How sure a token of GitHub's shape is: a check sum that does not hold may be a typing error, so it only lowers."""
    body = token.rpartition("_")[2]
    return 0.99 if check_sum(body[:-_CHECK_SIZE]) == body[-_CHECK_SIZE:] else 0.7


_GITHUB = Traits(entity="GITHUB_TOKEN", judge=github_confidence)
_FINE = Traits(entity="GITHUB_TOKEN", confidence=0.98)

DETECTORS = (
    Rule("github_token", "ghp_ gho_ ghu_ ghs_ ghr_", pattern="gh[pousr]_[0-9A-Za-z]{36}", example="ghp_{36}", traits=_GITHUB),
    Rule("github_refresh_token", "ghr_", pattern="ghr_[0-9A-Za-z]{76}", example="ghr_{76}", traits=_FINE),
    Rule(
        "github_fine_grained_token",
        "github_pat_",
        pattern="github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}",
        example="github_pat_{22}_{59}",
        traits=_FINE,
    ),
    Rule(
        "github_app_secret",
        "iv1. iv23",
        pattern=r"Iv(?:1\.[0-9a-f]{16}|23[0-9A-Za-z]{16})[^\n]{1,60}?(?<![0-9a-f])([0-9a-f]{40})",
        example="Iv1.{16x} secret {40x}",
        traits=Traits(after=120, confidence=0.85),
    ),
    keyed(
        "github_legacy_token",
        "github гитхаб",
        value="[0-9a-f]{40}",
        example="GITHUB_TOKEN={40x}",
        traits=Traits(entity="GITHUB_TOKEN", confidence=0.8),
    ),
    Rule("gitlab_personal_token", "glpat-", pattern=r"glpat-[0-9A-Za-z_-]{20,50}(?:\.[0-9a-z.]{4,20})?", example="glpat-{20w}"),
    Rule("gitlab_deploy_token", "gldt-", pattern="gldt-[0-9A-Za-z_-]{20,64}+", example="gldt-{20w}"),
    Rule(
        "gitlab_runner_token",
        "glrt- glrtr-",
        pattern=r"glrtr?-(?:t[123]_)?[0-9A-Za-z_-]{20,64}(?:\.[0-9a-z.]{4,20})?",
        example="glrt-{20w}",
    ),
    Rule("gitlab_runner_registration_token", "gr1348941", pattern="GR1348941[0-9A-Za-z_-]{20}", example="GR1348941{20w}"),
    Rule("gitlab_job_token", "glcbt-", pattern="glcbt-(?:[0-9a-zA-Z]{1,5}_)?[0-9A-Za-z_-]{20,64}+", example="glcbt-{20w}"),
    Rule("gitlab_trigger_token", "glptt-", pattern="glptt-[0-9A-Za-z]{40}", example="glptt-{40x}"),
    Rule("gitlab_feed_token", "glft-", pattern="glft-[0-9A-Za-z_-]{20,64}+", example="glft-{20w}"),
    Rule("gitlab_incoming_mail_token", "glimt-", pattern="glimt-[0-9A-Za-z_-]{25}", example="glimt-{25w}"),
    Rule("gitlab_agent_token", "glagent-", pattern="glagent-[0-9A-Za-z_-]{50}", example="glagent-{50w}"),
    Rule("gitlab_oauth_secret", "gloas-", pattern="gloas-[0-9A-Za-z_-]{64}", example="gloas-{64w}"),
    Rule("gitlab_scim_token", "glsoat-", pattern="glsoat-[0-9A-Za-z_-]{20,64}+", example="glsoat-{20w}"),
    Rule("gitlab_feature_flag_token", "glffct-", pattern="glffct-[0-9A-Za-z_-]{20,64}+", example="glffct-{20w}"),
    Rule("gitlab_workspace_token", "glwt-", pattern="glwt-[0-9A-Za-z_-]{20,64}+", example="glwt-{20w}"),
    Rule(
        "gitlab_session",
        "_gitlab_session=",
        pattern="_gitlab_session=([0-9a-f]{32})",
        example="_gitlab_session={32x}",
        traits=Traits(after=40),
    ),
    Rule("bitbucket_app_password", "atbb", pattern="ATBB[0-9A-Za-z]{32}", example="ATBB{32}"),
    Rule("bitbucket_access_token", "atctt3", pattern="ATCTT3xFfG[0-9A-Za-z_=-]{60,300}+", example="ATCTT3xFfG{170w}"),
    keyed("bitbucket_client_secret", "bitbucket", value="[0-9A-Za-z_-]{32,64}", example="bitbucket_client_secret={32}"),
    keyed("gitea_token", "gitea gogs forgejo codeberg", value="[0-9a-f]{40}", example="gitea token: {40x}"),
    keyed("gitee_token", "gitee", value="[0-9a-f]{32}", example="gitee_token={32x}"),
    keyed("gitverse_token", "gitverse gitflic", value="(?:[0-9a-f]{40}|[0-9a-f-]{36})", example="gitverse token: {40x}"),
    Rule(
        "sourcegraph_token",
        "sgp_ slk_",
        pattern="(?:sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}|slk_[0-9a-f]{64})",
        example="sgp_{16x}_{40x}",
    ),
    Rule(
        "jetbrains_permanent_token",
        "perm: perm-",
        pattern=r"perm[:-][0-9A-Za-z+/=_-]{4,80}\.[0-9A-Za-z+/=_-]{2,80}\.[0-9A-Za-z+/=_-]{20,80}+",
        example="perm:{10}.{8}.{30}",
    ),
)
