"""Tokens of many services in their documented formats, for the unseen corpus."""

from __future__ import annotations

import base64
from random import Random

from tests.corpus.secret_values import ALNUM, LOWER, UPPER, URLSAFE, Maker, hexadecimal, mixed, run


def _urlsafe(rng: Random, length: int) -> str:
    """A run of the URL-safe alphabet that ends in a letter or a digit."""
    return mixed(rng, length - 1, URLSAFE) + rng.choice(ALNUM)


SERVICES: dict[str, Maker] = {
    "gitlab": lambda r: r.choice(["glpat-", "gldt-", "glft-"]) + _urlsafe(r, 20),
    "gitlab_trigger": lambda r: "glptt-" + hexadecimal(r, 40),
    "slack_bot": lambda r: f"xoxb-{r.randint(10**11, 10**12)}-{r.randint(10**12, 10**13)}-{mixed(r, 24)}",
    "slack_user": lambda r: (
        f"xoxp-{r.randint(10**11, 10**12)}-{r.randint(10**11, 10**12)}-{r.randint(10**12, 10**13)}-{hexadecimal(r, 32)}"
    ),
    "slack_app": lambda r: f"xapp-1-A{run(r, UPPER, 10)}-{r.randint(10**12, 10**13)}-{hexadecimal(r, 64)}",
    "stripe": lambda r: r.choice(["sk_live_", "rk_live_"]) + mixed(r, r.choice([24, 99])),
    "stripe_webhook": lambda r: "whsec_" + mixed(r, 32),
    "openai_project": lambda r: "sk-proj-" + _urlsafe(r, 74) + "T3BlbkFJ" + _urlsafe(r, 74),
    "openai": lambda r: "sk-" + mixed(r, 20) + "T3BlbkFJ" + mixed(r, 20),
    "anthropic": lambda r: "sk-ant-api03-" + mixed(r, 93, URLSAFE) + "AA",
    "openrouter": lambda r: "sk-or-v1-" + hexadecimal(r, 64),
    "hugging_face": lambda r: "hf_" + mixed(r, 34, ALNUM),
    "replicate": lambda r: "r8_" + mixed(r, 37),
    "groq": lambda r: "gsk_" + mixed(r, 52),
    "perplexity": lambda r: "pplx-" + mixed(r, 48),
    "xai": lambda r: "xai-" + mixed(r, 80),
    "nvidia": lambda r: "nvapi-" + _urlsafe(r, 64),
    "langsmith": lambda r: "lsv2_pt_" + hexadecimal(r, 32) + "_" + hexadecimal(r, 10),
    "google_api": lambda r: "AIza" + "Sy" + _urlsafe(r, 33),
    "google_client_secret": lambda r: "GOCSPX-" + _urlsafe(r, 28),
    "google_oauth": lambda r: "ya29." + "a0" + _urlsafe(r, 120),
    "azure_client_secret": lambda r: mixed(r, 3) + "8Q~" + mixed(r, 34, ALNUM + "-_."),
    "digital_ocean": lambda r: r.choice(["dop_v1_", "doo_v1_", "dor_v1_"]) + hexadecimal(r, 64),
    "npm": lambda r: "npm_" + mixed(r, 36),
    "pypi": lambda r: "pypi-" + "AgEIcHlwaS5vcmc" + _urlsafe(r, 150),
    "rubygems": lambda r: "rubygems_" + hexadecimal(r, 48),
    "docker": lambda r: "dckr_pat_" + _urlsafe(r, 27),
    "sendgrid": lambda r: "SG." + _urlsafe(r, 22) + "." + _urlsafe(r, 43),
    "mailgun": lambda r: "key-" + hexadecimal(r, 32),
    "mailchimp": lambda r: hexadecimal(r, 32) + f"-us{r.randint(1, 21)}",
    "brevo": lambda r: "xkeysib-" + hexadecimal(r, 64) + "-" + mixed(r, 16),
    "twilio": lambda r: "SK" + hexadecimal(r, 32),
    "discord_bot": lambda r: (
        base64.b64encode(str(r.randint(10**17, 10**18 - 1)).encode()).decode() + "." + mixed(r, 6) + "." + _urlsafe(r, 38)
    ),
    "shopify": lambda r: r.choice(["shpat_", "shpss_", "shpca_", "shppa_"]) + hexadecimal(r, 32),
    "square": lambda r: "sq0csp-" + _urlsafe(r, 43),
    "braintree": lambda r: "access_token$production$" + run(r, LOWER, 16) + "$" + hexadecimal(r, 32),
    "new_relic": lambda r: "NRAK-" + run(r, UPPER, 27),
    "grafana_service": lambda r: "glsa_" + mixed(r, 32) + "_" + hexadecimal(r, 8),
    "sentry_user": lambda r: "sntryu_" + hexadecimal(r, 64),
    "databricks": lambda r: "dapi" + hexadecimal(r, 32),
    "vault": lambda r: "hvs." + _urlsafe(r, 95),
    "terraform_cloud": lambda r: mixed(r, 14) + ".atlasv1." + _urlsafe(r, 67),
    "netlify": lambda r: "nfp_" + mixed(r, 40),
    "planetscale": lambda r: "pscale_tkn_" + _urlsafe(r, 43),
    "supabase": lambda r: "sbp_" + hexadecimal(r, 40),
    "linear": lambda r: "lin_api_" + mixed(r, 40),
    "notion": lambda r: "ntn_" + str(r.randint(10**10, 10**11 - 1)) + mixed(r, 35),
    "airtable": lambda r: "pat" + mixed(r, 14) + "." + hexadecimal(r, 64),
    "figma": lambda r: "figd_" + _urlsafe(r, 40),
    "atlassian": lambda r: "ATATT3xFfGF0" + _urlsafe(r, 176) + "=" + run(r, "0123456789ABCDEF", 8),
    "postman": lambda r: "PMAK-" + hexadecimal(r, 24) + "-" + hexadecimal(r, 34),
    "dropbox": lambda r: "sl." + _urlsafe(r, 136),
    "doppler": lambda r: "dp.pt." + mixed(r, 43),
    "adafruit": lambda r: "aio_" + mixed(r, 28),
    "duffel": lambda r: "duffel_live_" + _urlsafe(r, 43),
    "easypost": lambda r: "EZAK" + mixed(r, 54),
    "flutterwave": lambda r: "FLWSECK-" + hexadecimal(r, 32) + "-X",
    "mapbox": lambda r: (
        "sk."
        + base64.urlsafe_b64encode(b'{"u":"acme","a":"' + run(r, LOWER, 25).encode() + b'"}').decode().rstrip("=")
        + "."
        + _urlsafe(r, 22)
    ),
    "yandex_oauth": lambda r: "y0_" + _urlsafe(r, 55),
    "yandex_api": lambda r: "AQVN" + _urlsafe(r, 36),
    "yandex_iam": lambda r: "t1." + _urlsafe(r, 80) + "." + _urlsafe(r, 86),
    "vk": lambda r: "vk1.a." + _urlsafe(r, 80),
    "yookassa": lambda r: "live_" + _urlsafe(r, 43),
    "tbank_invest": lambda r: "t." + _urlsafe(r, 86),
    "sonarqube": lambda r: r.choice(["squ_", "sqp_", "sqa_"]) + hexadecimal(r, 40),
    "buildkite": lambda r: "bkua_" + hexadecimal(r, 40),
    "pulumi": lambda r: "pul-" + hexadecimal(r, 40),
    "prefect": lambda r: "pnu_" + mixed(r, 36),
    "shippo": lambda r: "shippo_live_" + hexadecimal(r, 40),
    "contentful": lambda r: "CFPAT-" + _urlsafe(r, 43),
    "dynatrace": lambda r: "dt0c01." + run(r, UPPER, 24) + "." + run(r, UPPER, 64),
    "infracost": lambda r: "ico-" + mixed(r, 32),
    "launch_darkly": lambda r: "sdk-" + "-".join(hexadecimal(r, n) for n in (8, 4, 4, 4, 12)),
    "clojars": lambda r: "CLOJARS_" + run(r, LOWER, 60),
    "openshift": lambda r: "sha256~" + _urlsafe(r, 43),
    "alibaba": lambda r: "LTAI" + mixed(r, 20),
    "tailscale": lambda r: "tskey-auth-k" + mixed(r, 11) + "CNTRL-" + mixed(r, 32),
    "hubspot": lambda r: "pat-na1-" + "-".join(hexadecimal(r, n) for n in (8, 4, 4, 4, 12)),
    "clickup": lambda r: f"pk_{r.randint(10**6, 10**8)}_" + run(r, UPPER, 32),
    "pinecone": lambda r: "pcsk_" + mixed(r, 6) + "_" + mixed(r, 62),
    "readme": lambda r: "rdme_" + run(r, LOWER, 70),
    "typeform": lambda r: "tfp_" + _urlsafe(r, 44) + "_" + _urlsafe(r, 14),
    "rapid": lambda r: (
        mixed(r, 10).lower() + "msh" + mixed(r, 15).lower() + "p1" + hexadecimal(r, 6) + "jsn" + hexadecimal(r, 12)
    ),
}

# Of these services the key alone looks like any other run of its letters; the name beside it tells.
NEEDS_ITS_NAME = frozenset({"yookassa", "tbank_invest", "launch_darkly", "rapid", "mailchimp", "twilio"})


def service_token(rng: Random) -> str:
    """A token of some service that its own form gives away."""
    return SERVICES[rng.choice(sorted(set(SERVICES) - NEEDS_ITS_NAME))](rng)
