"""Tokens of building, testing, delivering and configuring software, and of secret stores."""

from __future__ import annotations

from dlp.detect.secrets.rule import Rule, Traits, keyed

_HEX40 = "[0-9a-f]{40}"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

DETECTORS = (
    Rule(
        "circleci_token", "ccipat_ cciprj_", pattern="CCI(?:PAT|PRJ)_[0-9A-Za-z]{20,24}_[0-9a-f]{40}", example="CCIPAT_{22}_{40x}"
    ),
    keyed("circleci_legacy_token", "circleci", value=_HEX40, example="CIRCLECI_TOKEN={40x}"),
    keyed("travis_token", "travis", value="[0-9A-Za-z_-]{20,22}", example="travis api token: {22}"),
    Rule(
        "buildkite_token",
        "bkua_ bkct_ bkaj_",
        pattern="bk(?:ua_[0-9a-f]{40}|(?:ct|aj)_[0-9A-Za-z_-]{30,120}+)",
        example="bkua_{40x}",
    ),
    keyed("drone_token", "drone_ drone.", value="[0-9A-Za-z]{32}", example="DRONE_TOKEN={32}"),
    keyed("codecov_token", "codecov", value=_UUID, example="CODECOV_TOKEN={u}"),
    keyed("jenkins_token", "jenkins дженкинс", value="11[0-9a-f]{32}", example="jenkins api token: 11{32x}"),
    keyed("jenkins_crumb", "jenkins-crumb", value="[0-9a-f]{64}", example="Jenkins-Crumb-key: {64x}"),
    Rule(
        "teamcity_token",
        "eyj0exaioiaivenwmij9.",
        pattern=r"eyJ0eXAiOiAiVENWMiJ9\.[0-9A-Za-z_-]{30,60}\.[0-9A-Za-z_-]{40,60}",
        example="eyJ0eXAiOiAiVENWMiJ9.{36}.{48}",
    ),
    keyed("semaphore_token", "semaphore", value="[0-9A-Za-z]{20}", example="semaphore api token: {20}"),
    keyed("snyk_token", "snyk", value=_UUID, example="SNYK_TOKEN={u}"),
    Rule("sonarqube_token", "sqp_ squ_ sqa_", pattern="sq[pua]_[0-9a-f]{40}", example="squ_{40x}"),
    keyed("sonarcloud_token", "sonar", value=_HEX40, example="SONAR_TOKEN={40x}"),
    Rule("octopus_deploy_key", "api-[0-9a-z]{26}", pattern="API-[0-9A-Z]{26,32}", example="API-{28U}"),
    Rule(
        "harness_token",
        "[ps]at[.][0-9a-z_-]{22}[.]",
        pattern=r"[ps]at\.[0-9A-Za-z_-]{22}\.[0-9a-f]{24}\.[0-9A-Za-z]{20}",
        example="pat.{22w}.{24x}.{20}",
    ),
    keyed("appveyor_token", "appveyor", value=r"v2\.[0-9a-z]{20}", example="appveyor token: v2.{20l}"),
    keyed("bitrise_token", "bitrise", value="[0-9A-Za-z_-]{86}", example="bitrise token: {86w}"),
    keyed("codacy_token", "codacy", value="[0-9A-Za-z]{20,32}", example="CODACY_PROJECT_TOKEN={32}"),
    keyed("codeclimate_token", "codeclimate cc_test", value="(?:[0-9a-f]{40}|[0-9a-f]{64})", example="codeclimate token: {64x}"),
    keyed("coveralls_token", "coveralls", value="[0-9A-Za-z-]{32,37}", example="COVERALLS_REPO_TOKEN={33}"),
    keyed("saucelabs_key", "saucelabs sauce_", value=_UUID, example="SAUCE_ACCESS_KEY={u}"),
    keyed("browserstack_key", "browserstack", value="[0-9A-Za-z]{20}", example="BROWSERSTACK_ACCESS_KEY={20}"),
    keyed("cypress_record_key", "cypress", value=_UUID, example="CYPRESS_RECORD_KEY={u}"),
    keyed("percy_token", "percy", value="(?:web_)?[0-9a-f]{64}", example="PERCY_TOKEN={64x}"),
    Rule(
        "terraform_cloud_token",
        ".atlasv1.",
        pattern=r"[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=-]{60,70}+",
        example="{14}.atlasv1.{67}",
        traits=Traits(before=30),
    ),
    Rule("pulumi_token", "pul-", pattern="pul-[0-9a-f]{40}", example="pul-{40x}"),
    Rule("infracost_key", "ico-[0-9a-z]{32}", pattern="ico-[0-9A-Za-z]{32}", example="ico-{32}"),
    Rule(
        "scalr_token",
        "scalr",
        pattern=r"(?i:scalr)[^\n]{0,30}?(eyJ[\w-]{20,60}\.[\w-]{20,200}\.[\w-]{20,80})",
        example="SCALR_TOKEN=eyJ{30}.{40}.{43}",
        traits=Traits(after=80),
    ),
    Rule("prefect_key", "pnu_ pnb_", pattern="pn[ub]_[0-9A-Za-z]{36}", example="pnu_{36}"),
    Rule(
        "doppler_token",
        "dp.pt. dp.st. dp.ct. dp.scim. dp.audit. dp.sa. dp.said.",
        pattern=r"dp\.(?:pt|st|ct|sa|scim|audit|said)\.(?:[a-z0-9_-]{2,35}\.)?[0-9A-Za-z]{40,44}",
        example="dp.pt.{43}",
    ),
    Rule("vault_token", "hvs. hvb. hvr.", pattern=r"hv[sbr]\.[0-9A-Za-z_-]{24,300}+", example="hvs.{90w}"),
    Rule(
        "vault_legacy_token",
        "vault",
        pattern=r"(?i:vault)[^\n]{0,30}?((?<![\w.])[sb]\.[0-9A-Za-z]{24})",
        example="VAULT_TOKEN=s.{24}",
        traits=Traits(after=70),
    ),
    keyed("vault_unseal_key", "unseal", value="[0-9A-Za-z+/]{43,44}=?", example="Unseal Key 1: {44b}"),
    keyed("consul_token", "consul_ nomad_", value=_UUID, example="CONSUL_HTTP_TOKEN={u}"),
    Rule("onepassword_service_token", "ops_eyj", pattern="ops_eyJ[0-9A-Za-z_-]{150,1000}+={0,3}", example="ops_eyJ{250w}"),
    Rule(
        "onepassword_secret_key",
        "a3-",
        pattern="A3-[0-9A-Z]{6}-(?:[0-9A-Z]{11}|[0-9A-Z]{6}-[0-9A-Z]{5})(?:-[0-9A-Z]{5}){3}",
        example="A3-{6U}-{11U}-{5U}-{5U}-{5U}",
    ),
    keyed(
        "bitwarden_secret",
        "bitwarden bws bw_client",
        value=r"(?:0\.[0-9a-f-]{36}\.[0-9A-Za-z]{30}:[0-9A-Za-z+/=]{24}|[0-9A-Za-z]{30})",
        example="BW_CLIENTSECRET={30}",
    ),
    Rule(
        "age_secret_key",
        "age-secret-key-1",
        pattern="AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
        example="AGE-SECRET-KEY-1{58B}",
        traits=Traits(entity="PRIVATE_KEY", confidence=0.98),
    ),
    Rule(
        "infisical_token",
        "st[.][0-9a-f]{8}-",
        pattern=rf"st\.{_UUID}\.[0-9a-f]{{24,64}}(?:\.[0-9a-f]{{24,64}})?",
        example="st.{u}.{32x}.{32x}",
    ),
    keyed("akeyless_key", "akeyless", value="[0-9A-Za-z+/]{44}", example="akeyless access key: {44b}"),
    keyed("chef_key", "chef_ chef.", value="[0-9A-Za-z+/]{43}=", example="chef_automate_token: {43b}="),
    Rule(
        "nx_cloud_token",
        "nx_cloud",
        pattern=r"(?i:nx_cloud)\w{0,20}[\"' :=]{1,4}([0-9A-Za-z]{48,70})",
        example="NX_CLOUD_ACCESS_TOKEN={56}",
        traits=Traits(after=100),
    ),
    keyed("fossa_key", "fossa", value="[0-9a-f]{32}", example="FOSSA_API_KEY={32x}"),
    keyed("mend_key", "whitesource mend_", value="[0-9a-f]{64}", example="whitesource api key: {64x}"),
    keyed("lacework_secret", "lacework", value="_[0-9a-f]{32}", example="lacework api secret: _{32x}"),
    Rule("wakatime_key", "waka_", pattern=rf"waka_{_UUID}", example="waka_{u}"),
)
