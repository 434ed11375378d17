"""Tokens of the services people work in: trackers, documents, design, sales, shops, forms, sign-in."""

from __future__ import annotations

from dlp.detect.secrets.rule import Rule, Traits, keyed

_HEX32 = "[0-9a-f]{32}"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

DETECTORS = (
    Rule("atlassian_token", "atatt3", pattern="ATATT3[0-9A-Za-z_=-]{100,250}+", example="ATATT3xFfGF0{180w}"),
    keyed("atlassian_legacy_token", "atlassian jira confluence", value="[0-9A-Za-z]{24}", example="JIRA_API_TOKEN={24}"),
    keyed("jira_personal_token", "jira confluence", value="[MNO][0-9A-Za-z+/]{43}", example="jira token: M{43b}"),
    Rule(
        "notion_token", "ntn_ secret_", pattern="(?:ntn_[0-9]{11}[0-9A-Za-z]{35}|secret_[0-9A-Za-z]{43})", example="secret_{43}"
    ),
    Rule("linear_key", "lin_api_", pattern="lin_api_[0-9A-Za-z]{40}", example="lin_api_{40}"),
    Rule("linear_oauth_token", "lin_oauth_", pattern="lin_oauth_[0-9a-f]{64}", example="lin_oauth_{64x}"),
    Rule("figma_token", "figd_ figu_ figo_ figor_", pattern="fig(?:d|u|or|o)[hr]?_[0-9A-Za-z_-]{38,60}+", example="figd_{40w}"),
    Rule("airtable_token", "pat[0-9a-z]{14}[.]", pattern=r"pat[0-9A-Za-z]{14}\.[0-9a-f]{64}", example="pat{14}.{64x}"),
    keyed("airtable_legacy_key", "airtable", value="key[0-9A-Za-z]{14}", example="airtable api key: key{14}"),
    Rule(
        "asana_token",
        "[12]/[0-9]{13} 0/[0-9a-f]{32}",
        pattern=r"(?<![\w/.-])(?:[12]/\d{13,17}(?:/\d{13,17})?:[0-9a-f]{32}|0/[0-9a-f]{32})",
        example="1/{16d}:{32x}",
    ),
    Rule("trello_token", "atta", pattern="ATTA[0-9a-f]{64}[0-9A-F]{8}", example="ATTA{64x}{8d}"),
    keyed("trello_key", "trello", value="(?:[0-9a-f]{64}|[0-9a-f]{32})", example="trello api token: {64x}"),
    Rule("clickup_token", "pk_[0-9]{6}", pattern=r"pk_\d{6,9}_[0-9A-Z]{32}", example="pk_{8d}_{32U}"),
    Rule(
        "zapier_webhook",
        "hooks.zapier.com",
        pattern=r"https://hooks\.zapier\.com/hooks/catch/\d{4,9}/[0-9a-z]{6,12}",
        example="https://hooks.zapier.com/hooks/catch/{7d}/{7l}",
        traits=Traits(before=30),
    ),
    Rule("typeform_token", "tfp_", pattern="tfp_[0-9A-Za-z_-]{40,60}+", example="tfp_{44}"),
    Rule("contentful_token", "cfpat-", pattern="CFPAT-[0-9A-Za-z_-]{43}", example="CFPAT-{43w}"),
    keyed("contentful_delivery_token", "contentful", value="[0-9A-Za-z_-]{43}", example="contentful access token: {43w}"),
    Rule("dropbox_token", "sl[.][0-9a-z_.-]{40}", pattern=r"sl\.(?:u\.)?[0-9A-Za-z_-]{120,1200}+", example="sl.B{135w}"),
    keyed("dropbox_app_secret", "dropbox", value="[0-9a-z]{15}", example="dropbox app secret: {15l}"),
    keyed("box_secret", "box_client boxapp", value="[0-9A-Za-z]{32}", example="BOX_CLIENT_SECRET={32}"),
    keyed("miro_token", "miro_ miro.com", value="[0-9A-Za-z_-]{27}", example="miro_access_token: {27}"),
    Rule(
        "shopify_token",
        "shpat_ shpss_ shpca_ shppa_ shpua_ shptka_",
        pattern="shp(?:at|ss|ca|pa|ua|tka)_[0-9a-fA-F]{32}",
        example="shpat_{32x}",
    ),
    Rule("postman_key", "pmak-", pattern="PMAK-[0-9a-f]{24}-[0-9a-f]{34}", example="PMAK-{24x}-{34x}"),
    Rule("readme_key", "rdme_", pattern="rdme_[0-9a-z]{70}", example="rdme_{70l}"),
    keyed("okta_token", "okta ssws", value="00[0-9A-Za-z_-]{40}", example="okta api token: 00{40w}"),
    keyed("auth0_secret", "auth0", value="[0-9A-Za-z_-]{64}", example="AUTH0_CLIENT_SECRET={64w}"),
    keyed(
        "keycloak_secret", "keycloak кейклок", value="(?:[0-9A-Za-z]{32}|[0-9a-f-]{36})", example="keycloak client secret: {32}"
    ),
    keyed("onelogin_secret", "onelogin", value="[0-9a-f]{64}", example="onelogin client secret: {64x}"),
    Rule("stytch_secret", "secret-live-", pattern="secret-live-[0-9A-Za-z_=-]{36,50}", example="secret-live-{36w}"),
    Rule("frameio_token", "fio-u-", pattern="fio-u-[0-9A-Za-z_=-]{64}", example="fio-u-{64w}"),
    Rule(
        "onfido_token",
        "api_live. api_live_us. api_live_ca. api_sandbox.",
        pattern=r"api_(?:live|sandbox)(?:_us|_ca)?\.[0-9A-Za-z_-]{11}\.[0-9A-Za-z_-]{32}",
        example="api_live.{11w}.{32w}",
    ),
    Rule(
        "salesforce_session", "00d[0-9a-z]{12}", pattern=r"00D[0-9A-Za-z]{12,15}![0-9A-Za-z_.]{80,120}+", example="00D{12}!{96}"
    ),
    Rule("salesforce_refresh_token", "5aep", pattern=r"5Aep[0-9A-Za-z_.]{70,110}+", example="5Aep{83}"),
    keyed("salesforce_secret", "salesforce sfdc", value="[0-9A-F]{64}", example="salesforce consumer secret: {64X}"),
    keyed("zendesk_token", "zendesk", value="[0-9A-Za-z]{40}", example="zendesk api token: {40}"),
    keyed("freshdesk_key", "freshdesk freshservice", value="[0-9A-Za-z]{20}", example="freshdesk api key: {20}"),
    keyed("pipedrive_token", "pipedrive", value="[0-9a-f]{40}", example="pipedrive api token: {40x}"),
    keyed("servicenow_secret", "servicenow", value="[0-9A-Za-z!@#$%^&*()_+-]{32}", example="servicenow client secret: {32}"),
    keyed(
        "monday_token",
        "monday.com monday_",
        value=r"eyJ[\w-]{15,60}\.[\w-]{30,400}\.[\w-]{30,60}",
        example="monday_api_token: eyJ{30}.{60}.{43}",
    ),
    Rule(
        "sanity_token",
        "sanity",
        pattern=r"(?i:sanity)[^\n]{0,40}?((?<!\w)sk[0-9A-Za-z]{100,200}+)",
        example="SANITY_TOKEN=sk{178}",
        traits=Traits(after=90),
    ),
    keyed("storyblok_token", "storyblok", value="[0-9A-Za-z]{22}tt", example="storyblok token: {22}tt"),
    Rule("retool_key", "retool_", pattern="retool_[0-9a-z]{26,40}", example="retool_{26l}"),
    keyed("webflow_token", "webflow", value="[0-9a-f]{64}", example="webflow token: {64x}"),
    Rule("woocommerce_key", "c[ks]_[0-9a-f]{40}", pattern="c[ks]_[0-9a-f]{40}", example="cs_{40x}"),
    keyed("squarespace_key", "squarespace", value=_UUID, example="squarespace api key: {u}"),
    keyed("bigcommerce_token", "bigcommerce", value="[0-9a-z]{31}", example="bigcommerce access token: {31l}"),
    Rule("adafruit_key", "aio_", pattern="aio_[0-9A-Za-z]{28}", example="aio_{28}"),
    Rule("ubidots_token", "bbff- bbus-", pattern="BB(?:FF|US)-[0-9A-Za-z]{30,40}", example="BBFF-{34}"),
    keyed(
        "calendly_token",
        "calendly",
        value=r"eyJ[\w-]{15,60}\.[\w-]{30,400}\.[\w-]{30,90}",
        example="calendly token: eyJ{30}.{60}.{43}",
    ),
    keyed("docusign_secret", "docusign", value=_UUID, example="docusign secret key: {u}"),
    keyed("yelp_key", "yelp", value="[0-9A-Za-z_-]{128}", example="yelp api key: {128w}"),
    Rule("persona_key", "persona_", pattern=rf"persona_(?:production|sandbox)_{_UUID}", example="persona_production_{u}"),
    keyed("unsplash_key", "unsplash pexels", value="[0-9A-Za-z_-]{43,56}", example="unsplash access key: {43w}"),
    keyed("deepl_key", "deepl", value=rf"{_UUID}(?::fx)?", example="deepl auth key: {u}:fx"),
    keyed("recaptcha_secret", "recaptcha", value="6L[0-9A-Za-z_-]{38}", example="recaptcha secret key: 6L{38w}"),
    keyed("turnstile_secret", "turnstile", value="0x4A{5}[0-9A-Za-z_-]{28,30}", example="turnstile secret: 0x4AAAAA{28w}"),
    keyed("todoist_token", "todoist", value="[0-9a-f]{40}", example="todoist api token: {40x}"),
    keyed("coda_token", "coda_ coda.io", value=_UUID, example="coda_api token: {u}"),
    keyed("toggl_token", "toggl", value=_HEX32, example="toggl api token: {32x}"),
)
