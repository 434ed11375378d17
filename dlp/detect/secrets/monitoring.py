"""Keys of monitoring, logging, analytics and feature flags."""

from __future__ import annotations

from dlp.detect.secrets.rule import Rule, Traits, keyed

_HEX32 = "[0-9a-f]{32}"
_HEX40 = "[0-9a-f]{40}"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

DETECTORS = (
    keyed("datadog_api_key", "datadog dd_api dd-api", value=_HEX32, example="DD_API_KEY={32x}"),
    keyed("datadog_app_key", "datadog dd_app dd-app", value=_HEX40, example="DATADOG_APP_KEY={40x}"),
    Rule(
        "newrelic_key",
        "nrak- nrii- nrra- nriq- nrsp-",
        pattern="NR(?:AK|II|RA|IQ|SP)-[0-9A-Za-z_-]{27,40}+",
        example="NRAK-{27U}",
    ),
    Rule("newrelic_license_key", "nral", pattern="[0-9a-f]{36}NRAL", example="{36x}NRAL", traits=Traits(before=44)),
    Rule("sentry_organisation_token", "sntrys_", pattern="sntrys_[0-9A-Za-z+/=_-]{80,400}+", example="sntrys_{120b}_{43b}"),
    Rule("sentry_user_token", "sntryu_", pattern="sntryu_[0-9a-f]{64}", example="sntryu_{64x}"),
    keyed("sentry_legacy_token", "sentry", value="[0-9a-f]{64}", example="SENTRY_AUTH_TOKEN={64x}"),
    Rule(
        "sentry_dsn_secret",
        "sentry",
        pattern=r"https?://[0-9a-f]{32}:([0-9a-f]{32})@[\w.-]{3,80}/\d{1,10}",
        example="https://{32x}:{32x}@sentry.corp.ru/12",
        traits=Traits(before=90, after=40),
    ),
    Rule("grafana_cloud_token", "glc_", pattern="glc_[0-9A-Za-z+/=]{32,400}+", example="glc_{80b}"),
    Rule("grafana_service_account_token", "glsa_", pattern="glsa_[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}", example="glsa_{32}_{8x}"),
    Rule("grafana_api_key", "eyjrijoi", pattern="eyJrIjoi[0-9A-Za-z+/_-]{60,300}+={0,2}", example="eyJrIjoi{80}"),
    Rule("honeycomb_key", "hcaik_ hcxik_ hcalk_ hcxlk_", pattern="hc[ax][il]k_[0-9a-z]{58}", example="hcaik_{58l}"),
    Rule(
        "dynatrace_token",
        "dt0c01. dt0s01. dt0s02. dt0s06. dt0s08. dt0s16.",
        pattern=r"dt0[cs]\d\d\.[0-9A-Z]{8,24}\.[0-9A-Z]{64}",
        example="dt0c01.{24U}.{64U}",
    ),
    keyed("pagerduty_key", "pagerduty", value=r"(?:u\+)?[0-9A-Za-z_+-]{18,32}", example="pagerduty api key: u+{18w}"),
    keyed("opsgenie_key", "opsgenie geniekey", value=_UUID, example="opsgenie api key: {u}"),
    keyed("rollbar_token", "rollbar", value=_HEX32, example="ROLLBAR_ACCESS_TOKEN={32x}"),
    keyed("bugsnag_key", "bugsnag", value=_HEX32, example="bugsnag api key: {32x}"),
    keyed("loggly_token", "loggly", value=_UUID, example="loggly token: {u}"),
    keyed("logdna_key", "logdna mezmo", value=_HEX32, example="logdna ingestion key: {32x}"),
    keyed("logzio_token", "logzio logz.io", value="[0-9A-Za-z]{32}", example="LOGZIO_TOKEN={32}"),
    keyed("splunk_hec_token", "splunk", value=_UUID, example="splunk hec token: {u}"),
    keyed("sumologic_key", "sumologic sumo", value="[0-9A-Za-z]{64}", example="sumologic access key: {64}"),
    Rule("posthog_personal_key", "phx_ phs_", pattern="ph[xs]_[0-9A-Za-z_-]{43,54}+", example="phx_{43}"),
    keyed("mixpanel_secret", "mixpanel", value=_HEX32, example="mixpanel api secret: {32x}"),
    keyed("segment_key", "segment_ segment.com", value="[0-9A-Za-z]{32}", example="segment_write_key: {32}"),
    Rule("segment_public_api_token", "sgp_", pattern="sgp_[0-9A-Za-z]{64}", example="sgp_{64}"),
    keyed("amplitude_key", "amplitude", value=_HEX32, example="amplitude secret key: {32x}"),
    Rule(
        "launchdarkly_key",
        "sdk-[0-9a-f]{8}-[0-9a-f]{4} api-[0-9a-f]{8}-[0-9a-f]{4}",
        pattern=rf"(?:sdk|api)-{_UUID}",
        example="sdk-{u}",
    ),
    Rule(
        "statsig_secret",
        "secret-[0-9a-z]{32}",
        pattern="secret-[0-9A-Za-z]{40,46}",
        example="secret-{43}",
        traits=Traits(entropy=3.6),
    ),
    keyed("optimizely_token", "optimizely", value="2:[0-9A-Za-z_-]{50,60}", example="optimizely token: 2:{54w}"),
    keyed("betterstack_token", "betterstack betteruptime logtail", value="[0-9A-Za-z]{24}", example="logtail source token: {24}"),
    Rule("checkly_key", "cu_[0-9a-f]{32}", pattern="cu_[0-9a-f]{32}", example="cu_{32x}"),
    keyed(
        "uptimerobot_key",
        "uptimerobot",
        value=r"[um]\d{5,9}-(?:\d{6,12}-)?[0-9a-f]{24,32}",
        example="uptimerobot api key: u{7d}-{32x}",
    ),
    Rule("logfire_token", "pylf_", pattern="pylf_v\\d_(?:[a-z]{2}_)?[0-9A-Za-z]{40,60}+", example="pylf_v1_eu_{43}"),
    Rule("axiom_token", "xaat- xapt-", pattern=rf"xa[ap]t-{_UUID}", example="xaat-{u}"),
    Rule(
        "influxdb_token",
        "influx",
        pattern=r"(?i:influx)\w{0,8}[_ ]?(?i:token)[\"' :=]{1,4}([0-9A-Za-z_-]{86}==)",
        example="INFLUX_TOKEN={86w}==",
        traits=Traits(before=30, after=110),
    ),
    Rule(
        "zabbix_token",
        "zabbix",
        pattern=r"(?i:zabbix)[\w .:'\"-]{0,30}(?i:token|auth)\w{0,6}[\"' :=]{1,4}([0-9a-f]{64})",
        example="zabbix api token: {64x}",
        traits=Traits(after=120),
    ),
    keyed("appdynamics_secret", "appdynamics", value=_UUID, example="appdynamics client secret: {u}"),
    keyed("elastic_api_key", "elastic", value="[0-9A-Za-z_=-]{56,64}", example="ELASTIC_API_KEY={58w}=="),
    Rule("elastic_cloud_key", "essu_ ess_", pattern="essu?_[0-9A-Za-z+/=]{60,120}+", example="essu_{80b}"),
    keyed("flagsmith_key", "flagsmith", value=r"ser\.[0-9A-Za-z]{20,24}", example="flagsmith key: ser.{22}"),
    keyed("lightstep_token", "lightstep", value="[0-9A-Za-z+/]{70,100}", example="lightstep access token: {84b}"),
    keyed(
        "coralogix_key", "coralogix", value="(?:cxt[pha]_[0-9A-Za-z]{30}|[0-9a-f-]{36})", example="coralogix api key: cxtp_{30}"
    ),
)
