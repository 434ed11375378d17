"""Keys of database and data platforms whose secrets have a form of their own; connection strings are in `connection_string`."""

from __future__ import annotations

from dlp.detect.secrets.rule import Rule, Traits, keyed

_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

DETECTORS = (
    Rule("databricks_token", "dapi dkea", pattern="(?:dapi|dkea)[0-9a-f]{32}(?:-\\d)?", example="dapi{32x}"),
    Rule(
        "planetscale_token",
        "pscale_tkn_ pscale_oauth_",
        pattern=r"pscale_(?:tkn|oauth)_[0-9A-Za-z_.=-]{32,64}+",
        example="pscale_tkn_{43}",
    ),
    Rule("planetscale_password", "pscale_pw_", pattern=r"pscale_pw_[0-9A-Za-z_.=-]{32,64}+", example="pscale_pw_{43}"),
    Rule("supabase_token", "sbp_", pattern="sbp_(?:v0_)?[0-9a-f]{40}", example="sbp_{40x}"),
    Rule("supabase_secret_key", "sb_secret_", pattern="sb_secret_[0-9A-Za-z_-]{31,40}+", example="sb_secret_{22w}_{8}"),
    Rule("neon_key", "napi_", pattern="napi_[0-9a-z]{50,70}+", example="napi_{64l}"),
    Rule("mongodb_atlas_secret", "mdb_sa_sk_", pattern="mdb_sa_sk_[0-9A-Za-z_-]{38,42}+", example="mdb_sa_sk_{40w}"),
    keyed("mongodb_atlas_key", "mongodb", value=_UUID, example="mongodb private api key: {u}"),
    Rule("aiven_password", "avns_", pattern="AVNS_[0-9A-Za-z_-]{19}", example="AVNS_{19w}"),
    keyed("aiven_token", "aiven", value="[0-9A-Za-z/+=]{300,400}", example="AIVEN_TOKEN={340b}"),
    Rule("cockroach_key", "ccdb1_", pattern="CCDB1_[0-9A-Za-z]{22}_[0-9A-Za-z]{40}", example="CCDB1_{22}_{40}"),
    Rule("confluent_secret", "cflt", pattern="cflt[0-9A-Za-z/+]{60}", example="cflt{60b}"),
    keyed("confluent_legacy_secret", "confluent kafka", value="[0-9A-Za-z/+]{64}", example="confluent api secret: {64b}"),
    Rule("clickhouse_cloud_secret", "4b1d[0-9a-z]{38}", pattern="4b1d[0-9A-Za-z]{38}", example="4b1d{38}"),
    keyed("upstash_token", "upstash", value="[0-9A-Za-z_-]{50,120}={0,2}", example="UPSTASH_REDIS_REST_TOKEN=AX{54w}"),
    keyed("algolia_admin_key", "algolia", value="[0-9a-f]{32}", example="ALGOLIA_ADMIN_KEY={32x}"),
    keyed("meilisearch_key", "meili", value="[0-9a-f]{64}", example="meili master key: {64x}"),
    keyed("typesense_key", "typesense", value="[0-9A-Za-z]{32}", example="typesense api key: {32}"),
    Rule("fauna_secret", "fnae fnaf", pattern="fnA[ef][0-9A-Za-z_-]{36}", example="fnAe{36w}"),
    Rule("xata_key", "xau_", pattern="xau_[0-9A-Za-z]{32,64}+", example="xau_{44}"),
    Rule("astra_token", "astracs:", pattern="AstraCS:[0-9A-Za-z]{24}:[0-9a-f]{64}", example="AstraCS:{24}:{64x}"),
    keyed(
        "snowflake_token", "snowflake", value="ver:1-hint:[0-9A-Za-z:+/=_-]{60,400}", example="snowflake token: ver:1-hint:{80}"
    ),
    keyed(
        "tinybird_token",
        "tinybird",
        value=r"p\.eyJ[0-9A-Za-z_-]{40,200}\.[0-9A-Za-z_-]{20,60}",
        example="tinybird token p.eyJ{80}.{43}",
    ),
    Rule("dbt_token", "dbtc_ dbts_ dbtu_", pattern="dbt[csu]_[0-9A-Za-z_-]{40,60}+", example="dbtc_{44w}"),
    keyed("fivetran_secret", "fivetran", value="[0-9A-Za-z]{32}", example="fivetran api secret: {32}"),
    Rule("metabase_key", "mb_[0-9a-z+/]{43}", pattern="mb_[0-9A-Za-z+/]{43}=", example="mb_{43b}="),
    keyed("redash_key", "redash", value="[0-9A-Za-z]{40}", example="redash api key: {40}"),
    Rule("mapbox_secret_token", "sk.eyj", pattern=r"sk\.eyJ[0-9A-Za-z_-]{40,120}\.[0-9A-Za-z_-]{22}", example="sk.eyJ{60}.{22w}"),
    keyed(
        "maxmind_key",
        "maxmind",
        value="(?:[0-9A-Za-z]{6}_[0-9A-Za-z]{29}_mmk|[0-9A-Za-z]{16})",
        example="maxmind license key: {6}_{29}_mmk",
    ),
    keyed("openweather_key", "openweather weatherapi", value="[0-9a-f]{30,32}", example="openweather api key: {32x}"),
    Rule(
        "rapidapi_key",
        "msh[0-9a-f]{15}p1",
        pattern="[0-9a-f]{10}msh[0-9a-f]{15}p1[0-9a-f]{5}jsn[0-9a-f]{12}",
        example="{10x}msh{15x}p1{5x}jsn{12x}",
        traits=Traits(before=32),
    ),
    keyed("newsapi_key", "newsapi", value="[0-9a-f]{32}", example="newsapi key: {32x}"),
    keyed("here_key", "here_api hereapi", value="[0-9A-Za-z_-]{43}", example="HERE_API_KEY={43w}"),
    keyed("ipinfo_token", "ipinfo ipstack ipgeolocation", value="(?:[0-9a-f]{32}|[0-9a-f]{14})", example="ipinfo token: {14x}"),
    keyed("shodan_key", "shodan", value="[0-9A-Za-z]{32}", example="shodan api key: {32}"),
    keyed("virustotal_key", "virustotal", value="[0-9a-f]{64}", example="virustotal api key: {64x}"),
    keyed("abuseipdb_key", "abuseipdb", value="[0-9a-f]{80}", example="abuseipdb key: {80x}"),
)
