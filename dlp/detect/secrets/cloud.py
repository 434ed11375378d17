"""Keys of clouds and hosting: AWS, Google, Microsoft Azure, DigitalOcean, Alibaba and others, in their documented forms."""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

from dlp.detect.secrets.rule import Rule, Traits, keyed

_HEX64 = "[0-9a-f]{64}"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_AWS_KEY = Traits(entity="AWS_ACCESS_KEY", confidence=0.97)
# A setting that names the secret may stand a few words before it: "AWS_SECRET_ACCESS_KEY=", «секретный ключ aws:».
_AWS_SECRET = Traits(
    entity="AWS_SECRET_KEY", confidence=0.9, entropy=4.0, before=40, after=90, run="[0-9A-Za-z/+]{40}", begins="aws|secret|секрет"
)
_NAMED_AWS_SECRET = (
    r"(?i:aws\w{0,12}[ _.-]{0,3}(?:secret|sk\b)|secret[ _-]?access[ _-]?key\w{0,4}|secret key|секрет\w{0,6} (?:ключ\w{0,4} )?(?:от )?(?:aws|авс|амазон\w?)|aws[^\n]{0,30}(?:secret|секрет)\w{0,6})"
    r"""[\w .-]{0,24}?["'`\]]{0,2}[ \t]{0,4}(?::=|=>|[:=|-]|is\b)?[ \t\n]{0,4}["'`(]{0,2}"""
    r"((?<![0-9A-Za-z/+_-])(?=[^\s\"']{0,39}[A-Z])(?=[^\s\"']{0,39}[a-z])(?=[^\s\"']{0,39}[0-9/+])[0-9A-Za-z/+]{40})(?![/+=_-])"
)

# Beside its access key id any run of forty of its letters is the secret.
_AWS_SECRET_BESIDE_KEY = (
    r"(?:AKIA|ASIA)[A-Z2-7]{16}[^0-9A-Za-z/+][\s\S]{0,110}?"
    r"((?<![0-9A-Za-z/+_-])(?=[^\s\"']{0,39}[A-Z])(?=[^\s\"']{0,39}[a-z])(?=[^\s\"']{0,39}[0-9/+])[0-9A-Za-z/+]{40})(?![/+=_-])"
)

DETECTORS = (
    Rule(
        "aws_access_key_id",
        "akia asia abia acca",
        pattern="(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",
        example="AKIA{16A}",
        traits=_AWS_KEY,
    ),
    Rule(
        "aws_secret_access_key",
        "secret секрет",
        pattern=_NAMED_AWS_SECRET,
        example="aws_secret_access_key = {40b}",
        traits=_AWS_SECRET,
    ),
    Rule(
        "aws_secret_beside_its_key",
        "akia asia",
        pattern=_AWS_SECRET_BESIDE_KEY,
        example="AKIA{16A} / {40b}",
        traits=Traits(entity="AWS_SECRET_KEY", confidence=0.9, entropy=4.0, after=200),
    ),
    keyed("aws_session_token", "aws", value="[0-9A-Za-z/+]{150,1000}+={0,2}", example="aws_session_token={200b}"),
    Rule("aws_bedrock_api_key", "absk", pattern="ABSK[0-9A-Za-z+/]{109,269}+={0,2}", example="ABSK{120b}"),
    Rule("aws_appsync_api_key", "da2-", pattern="da2-[0-9a-z]{26}", example="da2-{26l}"),
    Rule("amazon_mws_auth_token", "amzn.mws.", pattern=rf"amzn\.mws\.{_UUID}", example="amzn.mws.{u}"),
    Rule("amazon_oauth_secret", "amzn1.oa2-cs", pattern=r"amzn1\.oa2-cs\.v1\.[0-9a-f]{64}", example="amzn1.oa2-cs.v1.{64x}"),
    Rule("google_api_key", "aiza", pattern="AIza[0-9A-Za-z_-]{35}", example="AIza{35w}"),
    Rule("google_oauth_client_secret", "gocspx-", pattern="GOCSPX-[0-9A-Za-z_-]{28}", example="GOCSPX-{28w}"),
    Rule("google_oauth_access_token", "ya29.", pattern=r"ya29\.[0-9A-Za-z_-]{30,500}+", example="ya29.{60w}"),
    Rule("google_oauth_refresh_token", "1//0", pattern="1//0[0-9A-Za-z_-]{40,110}+", example="1//0{60w}"),
    Rule(
        "google_private_key_id",
        "private_key_id",
        pattern=r'private_key_id\\?["\']?\s{0,4}:\s{0,4}\\?["\']([0-9a-f]{40})',
        example='private_key_id": "{40x}',
        traits=Traits(confidence=0.8, after=60),
    ),
    Rule(
        "firebase_server_key",
        ":apa91b",
        pattern="AAAA[0-9A-Za-z_-]{7}:APA91b[0-9A-Za-z_-]{134}",
        example="AAAA{7w}:APA91b{134w}",
        traits=Traits(before=20),
    ),
    Rule(
        "azure_storage_key",
        "accountkey",
        pattern=r"(?i:AccountKey)\s{0,2}=\s{0,2}([0-9A-Za-z+/]{86}==)",
        example="AccountKey={86b}==",
        traits=Traits(after=100),
    ),
    Rule(
        "azure_shared_access_key",
        "sharedaccesskey",
        pattern=r"(?i:SharedAccessKey)\s{0,2}=\s{0,2}([0-9A-Za-z+/]{43}=)",
        example="SharedAccessKey={43b}=",
        traits=Traits(after=60),
    ),
    Rule(
        "azure_shared_access_signature",
        "sig=",
        pattern=r"sig=([0-9A-Za-z%+/]{43,90}(?:%3[dD]|=))",
        example="https://a.b/c?sv=1&sig={43b}%3D",
        traits=Traits(after=90),
    ),
    Rule(
        "azure_client_secret",
        "q~",
        pattern=r"[0-9A-Za-z_~.-]{3}[0-9]Q~[0-9A-Za-z_~.-]{31,34}+",
        example="aB38Q~{34w}",
        traits=Traits(before=8),
    ),
    Rule(
        "azure_function_key",
        "azfu",
        pattern="[0-9A-Za-z_-]{44}AzFu[0-9A-Za-z_-]{5}[AQgw]==",
        example="{44w}AzFu{5w}A==",
        traits=Traits(before=60),
    ),
    Rule(
        "azure_cosmos_key",
        "acdb",
        pattern=r"[0-9A-Za-z+/]{76}ACDb[0-9A-Za-z+/]{5}[AQgw]==",
        example="{76b}ACDb{5b}A==",
        traits=Traits(before=90),
    ),
    Rule(
        "azure_search_key",
        "azse",
        pattern="[0-9A-Za-z]{42}AzSe[A-D][0-9A-Za-z]{5}",
        example="{42}AzSeA{5}",
        traits=Traits(before=60),
    ),
    Rule(
        "azure_container_registry_password",
        "+acr",
        pattern=r"[0-9A-Za-z+/]{42}\+ACR[A-D][0-9A-Za-z+/]{5}",
        example="{42b}+ACRA{5b}",
        traits=Traits(before=60),
    ),
    Rule(
        "azure_batch_key",
        "+aba",
        pattern=r"[0-9A-Za-z+/]{76}\+ABa[0-9A-Za-z+/]{5}[AQgw]==",
        example="{76b}+ABa{5b}A==",
        traits=Traits(before=90),
    ),
    Rule(
        "azure_devops_token", "azdo", pattern="[0-9A-Za-z]{76}AZDO[0-9A-Za-z]{4}", example="{76}AZDO{4}", traits=Traits(before=90)
    ),
    keyed(
        "azure_cognitive_key",
        "ocp-apim-subscription cognitive azure",
        value="[0-9a-f]{32}",
        example="Ocp-Apim-Subscription-Key: {32x}",
    ),
    Rule("digitalocean_token", "dop_v1_ doo_v1_ dor_v1_", pattern="do[opr]_v1_[0-9a-f]{64}", example="dop_v1_{64x}"),
    Rule("digitalocean_spaces_key", "do00 do80", pattern="DO[08]0[0-9A-Z]{16}", example="DO00{16U}"),
    Rule("alibaba_access_key_id", "ltai", pattern="LTAI[0-9A-Za-z]{17,21}+", example="LTAI{20}"),
    keyed("alibaba_access_key_secret", "alibaba aliyun alicloud", value="[0-9A-Za-z]{30}", example="aliyun_secret={30}"),
    Rule("tencent_secret_id", "akid", pattern="AKID[0-9A-Za-z]{32}", example="AKID{32}"),
    keyed("tencent_secret_key", "tencent qcloud", value="[0-9A-Za-z]{32}", example="tencent_secret_key={32}"),
    Rule("scaleway_access_key", "scw[0-9a-z]{15}", pattern="SCW[0-9A-Z]{17}", example="SCW{17U}"),
    keyed("scaleway_secret_key", "scaleway scw", value=_UUID, example="SCW_SECRET_KEY={u}"),
    keyed("linode_token", "linode akamai", value=_HEX64, example="linode token: {64x}"),
    keyed("hetzner_token", "hetzner hcloud", value="[0-9A-Za-z]{64}", example="HCLOUD_TOKEN={64}"),
    keyed("vultr_api_key", "vultr", value="[0-9A-Z]{36}", example="VULTR_API_KEY={36U}"),
    keyed("ovh_application_secret", "ovh", value="[0-9A-Za-z]{32}", example="ovh_application_secret={32}"),
    keyed("ibm_cloud_api_key", "ibmcloud ibm_ ibm", value="[0-9A-Za-z_-]{44}", example="ibm api key: {44w}"),
    Rule("exoscale_api_key", "exo[0-9a-f]{20}", pattern="EXO[0-9a-f]{24}", example="EXO{24x}"),
    Rule("upcloud_token", "ucat_", pattern="ucat_[0-9A-Z]{26}", example="ucat_{26U}"),
    Rule(
        "flyio_token",
        "fm1r_ fm2_ fo1_",
        pattern="(?:fm[12]r?_[0-9A-Za-z+/]{90,900}+={0,3}|fo1_[0-9A-Za-z_-]{43})",
        example="fo1_{43w}",
    ),
    Rule("heroku_token", "hrku-", pattern="HRKU-[0-9A-Za-z_-]{60}", example="HRKU-AA{58w}"),
    keyed("heroku_api_key", "heroku", value=_UUID, example="HEROKU_API_KEY={u}"),
    Rule("render_api_key", "rnd_", pattern="rnd_[0-9A-Za-z]{28,40}+", example="rnd_{32}"),
    Rule("netlify_token", "nfp_ nfc_ nfu_ nfo_", pattern="nf[pcuo]_[0-9A-Za-z]{36}", example="nfp_{36}"),
    Rule("vercel_token", "vcp_ vci_ vca_ vcr_ vck_", pattern="vc[pciark]_[0-9A-Za-z]{24,64}+", example="vcp_{56}"),
    keyed("vercel_legacy_token", "vercel", value="[0-9A-Za-z]{24}", example="VERCEL_TOKEN={24}"),
    keyed("cloudflare_api_token", "cloudflare", value="[0-9A-Za-z_-]{40}", example="CLOUDFLARE_API_TOKEN={40w}"),
    keyed("cloudflare_global_key", "cloudflare", value="[0-9a-f]{37}", example="cloudflare api key {37x}"),
    Rule("cloudflare_origin_ca_key", "v1.0-", pattern=r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}", example="v1.0-{24x}-{146x}"),
    keyed("fastly_api_token", "fastly", value="[0-9A-Za-z_-]{32}", example="FASTLY_API_TOKEN={32w}"),
    Rule("backblaze_application_key", "k001 k002 k003 k004 k005", pattern="K00[1-5][0-9A-Za-z/+]{27}", example="K001{27b}"),
    keyed("railway_token", "railway", value=_UUID, example="RAILWAY_TOKEN={u}"),
    keyed("ngrok_token", "ngrok", value="[0-9A-Za-z]{27}_[0-9A-Za-z]{20,22}", example="ngrok authtoken {27}_{21}"),
    Rule(
        "tailscale_key",
        "tskey-",
        pattern="tskey-[a-z]{2,10}-[0-9A-Za-z]{8,32}(?:-[0-9A-Za-z]{20,64})?",
        example="tskey-auth-{12}-{32}",
    ),
    Rule(
        "openstack_application_secret",
        "application_credential_secret",
        pattern=r"application_credential_secret[\"' ]{0,2}[:=][\"' ]{0,3}([0-9A-Za-z_-]{64,90})",
        example="application_credential_secret: {86w}",
        traits=Traits(after=100),
    ),
)
