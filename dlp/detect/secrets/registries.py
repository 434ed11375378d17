"""Tokens of package and image registries."""

from __future__ import annotations

from dlp.detect.secrets.rule import Rule, Traits, keyed

_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

DETECTORS = (
    Rule("npm_token", "npm_", pattern="npm_[0-9A-Za-z]{36}", example="npm_{36}"),
    Rule(
        "npm_legacy_token",
        "_authtoken",
        pattern=rf"_authToken\s?=\s?({_UUID})",
        example="_authToken={u}",
        traits=Traits(after=50),
    ),
    Rule(
        "npmrc_password",
        "_password _auth",
        pattern=r"_(?:password|auth)\s?=\s?[\"']?([0-9A-Za-z+/]{12,200}+={0,2})",
        example="//npm.corp.ru/:_password={24b}==",
        traits=Traits(after=60, entropy=3.0, confidence=0.8),
    ),
    Rule(
        "pypi_token",
        "pypi-age",
        pattern="pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[0-9A-Za-z_-]{50,500}+",
        example="pypi-AgEIcHlwaS5vcmc{70w}",
    ),
    Rule("rubygems_key", "rubygems_", pattern="rubygems_[0-9a-f]{48}", example="rubygems_{48x}"),
    Rule("crates_token", "cio[0-9a-z]{32}", pattern="cio[0-9A-Za-z]{32}", example="cio{32}"),
    Rule("nuget_key", "oy2", pattern="oy2[a-z0-9]{43}", example="oy2{43l}"),
    Rule(
        "dockerhub_token",
        "dckr_pat_ dckr_oat_",
        pattern="dckr_(?:pat_[0-9A-Za-z_-]{27}|oat_[0-9A-Za-z_-]{32})",
        example="dckr_pat_{27w}",
    ),
    Rule(
        "docker_config_auth",
        '"auth"',
        pattern=r'"auth"\s{0,3}:\s{0,3}"([0-9A-Za-z+/]{12,400}+={0,2})"',
        example='"auth": "{24b}=="',
        traits=Traits(after=60, entropy=3.0, confidence=0.8),
    ),
    Rule("artifactory_api_key", "akc", pattern="AKC[0-9A-Za-z]{61,73}+", example="AKC{70}"),
    Rule("artifactory_reference_token", "cmvmdgtuo", pattern="cmVmdGtuO[0-9A-Za-z]{50,60}+", example="cmVmdGtuO{55}"),
    keyed("artifactory_password", "artifactory jfrog", value="AP[0-9A-Za-z]{30,80}", example="artifactory password: AP{40}"),
    Rule(
        "packagist_token", "packagist_", pattern="packagist_(?:[oua][acur][tk]_)?[0-9a-f]{60,70}", example="packagist_uat_{68x}"
    ),
    Rule("clojars_token", "clojars_", pattern="CLOJARS_[0-9a-z]{60}", example="CLOJARS_{60x}"),
    keyed("hackage_token", "hackage hex.pm hex_api", value="[0-9a-f]{32}", example="HEX_API_KEY={32x}"),
    keyed("cloudsmith_key", "cloudsmith", value="[0-9a-f]{40}", example="cloudsmith api key: {40x}"),
    keyed("gemfury_token", "gemfury", value="[0-9A-Za-z-]{20,27}", example="gemfury token: {20}"),
    keyed("quay_token", "quay", value="[0-9A-Z]{64}", example="quay robot token: {64U}"),
    keyed("sonatype_token", "sonatype ossrh", value="[0-9A-Za-z+/]{44}", example="ossrh token password: {44b}"),
    Rule("jsr_token", "jsrp_ jsrd_", pattern="jsr[pd]_[0-9A-Za-z]{32,60}+", example="jsrp_{40}"),
    Rule("expo_token", "exp_ expo_", pattern="(?:exp|expo)_[0-9A-Za-z_-]{40}", example="expo_{40}"),
    Rule("chromatic_token", "chpt_", pattern="chpt_[0-9a-f]{12,20}", example="chpt_{15x}"),
    Rule(
        "conda_token",
        "/t/",
        pattern=r"conda[\w.-]{0,30}/t/([0-9a-z]{2}-[0-9a-f-]{36})",
        example="https://conda.example/t/ab-{u}",
        traits=Traits(before=30, after=50),
    ),
    Rule(
        "harbor_robot_token",
        "robot$",
        pattern=r"robot\$[\w+.-]{2,40}[ :/\"']{1,4}(?:-p |--password )?([0-9A-Za-z]{32})",
        example="robot$ci:{32}",
        traits=Traits(after=90),
    ),
    Rule("swarm_join_token", "swmtkn-", pattern="SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}", example="SWMTKN-1-{50l}-{25l}"),
    keyed("kubeadm_token", "kubeadm", value="[0-9a-z]{6}\\.[0-9a-z]{16}", example="kubeadm join --token {6l}.{16l}"),
    Rule(
        "rancher_token",
        "kubeconfig-u- token-",
        pattern="(?:kubeconfig-u-[0-9a-z]{5,12}|token-[0-9a-z]{5})(?:\\.[0-9a-z]{4,12})?:[0-9a-z]{54}",
        example="token-{5l}:{54l}",
    ),
    Rule("openshift_token", "sha256~", pattern="sha256~[0-9A-Za-z_-]{43}", example="sha256~{43w}"),
)
