"""Keys of services that send mail, and of marketing."""

from __future__ import annotations

from dlp.detect.secrets.rule import Rule, Traits, keyed

_HEX32 = "[0-9a-f]{32}"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

DETECTORS = (
    Rule("sendgrid_key", "sg[.][0-9a-z_-]{22}[.]", pattern=r"SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}", example="SG.{22w}.{43w}"),
    Rule("mailgun_key", "key-[0-9a-f]{32}", pattern="key-[0-9a-f]{32}", example="key-{32x}"),
    Rule(
        "mailgun_private_key",
        "mailgun",
        pattern=r"(?i:mailgun)[^\n]{0,50}?((?<![0-9a-f])[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})",
        example="MAILGUN_API_KEY={32x}-{8x}-{8x}",
        traits=Traits(after=110),
    ),
    Rule(
        "mailchimp_key", "[0-9a-f]{32}-us[0-9]", pattern=r"[0-9a-f]{32}-us\d{1,2}", example="{32x}-us12", traits=Traits(before=40)
    ),
    Rule("mandrill_key", "md-[0-9a-z_-]{22}", pattern="md-[0-9A-Za-z_-]{22}", example="md-{22w}", traits=Traits(entropy=3.8)),
    keyed("mandrill_legacy_key", "mandrill", value="[0-9A-Za-z_-]{22}", example="mandrill api key: {22w}"),
    keyed("postmark_token", "postmark", value=_UUID, example="POSTMARK_API_TOKEN={u}"),
    keyed("sparkpost_key", "sparkpost", value="[0-9a-f]{40}", example="SPARKPOST_API_KEY={40x}"),
    Rule("brevo_key", "xkeysib-", pattern="xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}", example="xkeysib-{64x}-{16}"),
    Rule("brevo_smtp_key", "xsmtpsib-", pattern="xsmtpsib-[0-9a-f]{64}-[0-9A-Za-z]{16}", example="xsmtpsib-{64x}-{16}"),
    Rule("resend_key", "re_[0-9a-z]{8}_", pattern="re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}", example="re_{8}_{24}"),
    keyed("mailjet_secret", "mailjet", value=_HEX32, example="MAILJET_API_SECRET={32x}"),
    Rule("klaviyo_private_key", "pk_[0-9a-f]{32}", pattern="pk_[0-9a-f]{34}", example="pk_{34x}"),
    keyed("customerio_key", "customerio customer.io", value="[0-9a-f]{20,32}", example="customerio api key: {20x}"),
    keyed("convertkit_secret", "convertkit", value="[0-9A-Za-z_-]{43}", example="convertkit api secret: {43w}"),
    Rule("mailersend_token", "mlsn.", pattern=r"mlsn\.[0-9a-f]{64}", example="mlsn.{64x}"),
    keyed("loops_key", "loops.so loops_", value=_HEX32, example="loops_api key: {32x}"),
    Rule("hubspot_private_app_token", "pat-na pat-eu", pattern=rf"pat-(?:na|eu)\d-{_UUID}", example="pat-eu1-{u}"),
    keyed("hubspot_key", "hubspot hapikey", value=_UUID, example="hubspot api key: {u}"),
    keyed("activecampaign_key", "activecampaign", value="[0-9a-f]{72}", example="activecampaign key: {72x}"),
    keyed("elasticemail_key", "elasticemail", value="[0-9A-F]{60,100}", example="elasticemail api key: {70X}"),
    keyed("mailtrap_token", "mailtrap", value=_HEX32, example="mailtrap api token: {32x}"),
    Rule("smtp2go_key", "api-[0-9a-f]{32}", pattern="api-[0-9A-F]{32}", example="api-{32X}"),
    keyed("omnisend_key", "omnisend", value="[0-9a-f]{24}-[0-9A-Za-z]{48,52}", example="omnisend api key: {24x}-{50}"),
    keyed("mailerlite_key", "mailerlite", value=_HEX32, example="mailerlite api key: {32x}"),
    keyed("aweber_secret", "aweber", value="[0-9A-Za-z]{32}", example="aweber client secret: {32}"),
    keyed("drip_token", "getdrip", value=_HEX32, example="getdrip api token: {32x}"),
    keyed("aws_ses_smtp_password", "ses_smtp ses-smtp", value="B[A-Z][0-9A-Za-z+/]{42}", example="SES_SMTP_PASSWORD: BK{42b}"),
    keyed("zerobounce_key", "zerobounce", value=_HEX32, example="zerobounce api key: {32x}"),
    keyed("hunter_key", "hunter.io hunterio", value="[0-9a-f]{40}", example="hunter.io api key: {40x}"),
)
