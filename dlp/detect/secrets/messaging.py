"""Tokens of messengers, telephony and notifications: Telegram, Slack, Discord, Twilio, Teams and others."""

from __future__ import annotations

from base64 import b64decode

from dlp.detect.secrets.rule import Rule, Traits, keyed

_HEX32 = "[0-9a-fA-F]{32}"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def _of_discord(token: str) -> float:
    """A bot's token begins with its user's id, a number of 17 to 20 digits, in base64."""
    head = token.split(".", 1)[0]
    try:
        user = b64decode(head + "=" * (-len(head) % 4))
    except ValueError:
        return 0.0
    return 0.95 if user.isdigit() else 0.0


DETECTORS = (
    Rule(
        "telegram_bot_token",
        ":aa",
        pattern=r"(?<![0-9])(?:(?<=bot)|(?<![A-Za-z]))[0-9]{8,10}:AA[0-9A-Za-z_-]{33}",
        example="{10d}:AA{33w}",
        traits=Traits(entity="TELEGRAM_BOT_TOKEN", before=16, confidence=0.97),
    ),
    keyed("telegram_api_hash", "api_hash apihash telegram_ telegram", value="[0-9a-f]{32}", example="telegram api_hash={32x}"),
    Rule(
        "slack_bot_token",
        "xoxb-",
        pattern="xoxb-[0-9]{9,14}-(?:[0-9]{9,14}-)?[0-9A-Za-z]{18,34}",
        example="xoxb-{12d}-{13d}-{24}",
    ),
    Rule(
        "slack_user_token",
        "xoxp- xoxs- xoxo-",
        pattern="xox[pso]-(?:[0-9]{9,14}-){2,3}[0-9A-Za-z]{8,64}",
        example="xoxp-{12d}-{12d}-{13d}-{32x}",
    ),
    Rule("slack_legacy_workspace_token", "xoxa- xoxr-", pattern="xox[ar]-(?:2-)?[0-9A-Za-z-]{20,90}", example="xoxa-2-{40}"),
    Rule("slack_client_token", "xoxc- xoxd-", pattern="xox[cd]-[0-9A-Za-z%/+=-]{30,250}+", example="xoxc-{12d}-{12d}-{64x}"),
    Rule(
        "slack_rotating_token", "xoxe- xoxe.", pattern=r"xoxe(?:\.xox[bp])?-[0-9]-[0-9A-Za-z]{100,250}+", example="xoxe-1-{146}"
    ),
    Rule(
        "slack_app_token",
        "xapp-",
        pattern="xapp-[0-9]-[0-9A-Z]{8,14}-[0-9]{10,14}-[0-9a-z]{40,80}+",
        example="xapp-1-A{10U}-{13d}-{64x}",
    ),
    Rule("slack_workflow_token", "xwfp-", pattern="xwfp-[0-9A-Za-z-]{20,250}+", example="xwfp-{40}"),
    Rule(
        "slack_webhook",
        "hooks.slack.com/",
        pattern=r"https?://hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[0-9A-Za-z+/]{35,80}+",
        example="https://hooks.slack.com/services/T{10U}/B{10U}/{24}",
        traits=Traits(before=30),
    ),
    Rule(
        "discord_bot_token",
        "discord дискорд",
        pattern=r"((?:[MNO][0-9A-Za-z_-]{23,27})\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,40}+)",
        example="discord bot M{23}.{6}.{27}",
        traits=Traits(before=90, after=60, entropy=3.5),
    ),
    Rule(
        "discord_bot_token_bare",
        r"[mno][0-9a-z]{23}\.[0-9a-z_-]{6}\.[0-9a-z_-]{27}",
        pattern=r"(?:[MNO][0-9A-Za-z]{23,25})\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,40}+",
        example="MTA0NzYyMzE5ODg0NTI2MTgx.{6}.{27}",
        traits=Traits(judge=_of_discord),
    ),
    Rule(
        "discord_webhook",
        "/api/webhooks/",
        pattern=r"https?://(?:\w{2,8}\.)?discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/[0-9]{17,20}/[0-9A-Za-z_-]{60,90}+",
        example="https://discord.com/api/webhooks/{18d}/{68w}",
        traits=Traits(before=60),
    ),
    keyed("discord_client_secret", "discord", value="[0-9A-Za-z_-]{32}", example="discord_client_secret={32w}"),
    Rule(
        "teams_webhook",
        ".webhook.office.com/",
        pattern=r"https://[a-z0-9-]{1,40}\.webhook\.office\.com/webhookb2/[0-9a-f@-]{60,90}/IncomingWebhook/[0-9a-zA-Z/-]{60,140}+",
        example="https://corp.webhook.office.com/webhookb2/{u}@{u}/IncomingWebhook/{32x}/{u}",
        traits=Traits(before=80),
    ),
    Rule(
        "google_chat_webhook",
        "chat.googleapis.com/",
        pattern=r"https://chat\.googleapis\.com/v1/spaces/[\w-]{6,30}/messages\?key=[\w-]{30,60}&token=[\w%-]{30,90}+",
        example="https://chat.googleapis.com/v1/spaces/{11}/messages?key={39w}&token={43w}",
        traits=Traits(before=40),
    ),
    keyed("mattermost_token", "mattermost маттермост", value="[0-9a-z]{26}", example="mattermost token: {26l}"),
    Rule(
        "mattermost_webhook",
        "/hooks/",
        pattern=r"https?://[\w.:-]{4,80}/hooks/([0-9a-z]{26})",
        example="https://chat.corp.ru/hooks/{26l}",
        traits=Traits(before=90, after=32, entropy=3.2, confidence=0.8),
    ),
    keyed("rocketchat_token", "rocketchat rocket.chat x-auth-token", value="[0-9A-Za-z_-]{43}", example="rocketchat token {43w}"),
    Rule(
        "matrix_access_token",
        "syt_ mct_",
        pattern="(?:syt_[0-9A-Za-z]{2,60}_[0-9A-Za-z]{20}_[0-9A-Za-z]{6}|mct_[0-9A-Za-z]{30}_[0-9A-Za-z]{6})",
        example="syt_{10}_{20}_{6}",
    ),
    Rule("twilio_api_key", "sk[0-9a-f]{32}", pattern="SK[0-9a-f]{32}", example="SK{32x}", traits=Traits(confidence=0.9)),
    keyed("twilio_auth_token", "twilio твилио", value="[0-9a-f]{32}", example="TWILIO_AUTH_TOKEN={32x}"),
    keyed("vonage_api_secret", "vonage nexmo", value="[0-9A-Za-z]{16}", example="nexmo_api_secret={16}"),
    keyed("plivo_auth_token", "plivo", value="[0-9A-Za-z]{40}", example="plivo auth token: {40}"),
    keyed("messagebird_key", "messagebird", value="[0-9A-Za-z]{25}", example="messagebird_key={25}"),
    keyed(
        "viber_token", "viber вайбер", value="[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{16}", example="viber token: {16x}-{16x}-{16x}"
    ),
    keyed(
        "line_channel_token", "line_channel linebot", value="[0-9A-Za-z+/]{170,175}=", example="LINE_CHANNEL_ACCESS_TOKEN={171b}="
    ),
    Rule("facebook_access_token", "eaa", pattern="EAA[A-Z][0-9A-Za-z]{80,300}+", example="EAAB{120}"),
    keyed("facebook_app_secret", "facebook fb_app whatsapp", value="[0-9a-f]{32}", example="FACEBOOK_APP_SECRET={32x}"),
    Rule("instagram_access_token", "igqv igaa", pattern="IG(?:QV|AA)[0-9A-Za-z_-]{80,300}+", example="IGQV{120w}"),
    keyed("zoom_client_secret", "zoom_ zoom.us", value="[0-9A-Za-z]{32}", example="ZOOM_CLIENT_SECRET={32}"),
    Rule(
        "zoom_webhook",
        "integrations.zoom.us",
        pattern=r"https://integrations\.zoom\.us/chat/webhooks/incomingwebhook/[\w-]{20,60}+",
        example="https://integrations.zoom.us/chat/webhooks/incomingwebhook/{32}",
        traits=Traits(before=30),
    ),
    keyed("webex_token", "webex", value="[0-9A-Za-z_-]{64,120}", example="webex bot token: {80w}"),
    Rule(
        "pushbullet_token",
        "o[.][0-9a-z]{32}",
        pattern=r"(?<![\w.])o\.[0-9A-Za-z]{32}",
        example="o.{32}",
        traits=Traits(entropy=3.5),
    ),
    keyed("pushover_token", "pushover", value="[au][0-9a-z]{29}", example="pushover token a{29l}"),
    Rule("onesignal_key", "os_v2_", pattern="os_v2_(?:app|org)_[0-9a-z]{100,110}+", example="os_v2_app_{103l}"),
    keyed("pusher_secret", "pusher", value="[0-9a-f]{20}", example="PUSHER_APP_SECRET={20x}"),
    keyed("intercom_token", "intercom", value="dG9r[0-9A-Za-z+/]{50,60}={0,2}", example="intercom token dG9r{54b}"),
    keyed("sendbird_token", "sendbird", value="[0-9a-f]{40}", example="sendbird_api_token={40x}"),
    keyed("ably_key", "ably", value=r"[\w-]{6}\.[\w-]{6}:[\w-]{43}", example="ABLY_API_KEY={6}.{6}:{43w}"),
    keyed("getstream_secret", "getstream stream_api", value="[0-9a-z]{64}", example="stream_api_secret={64l}"),
    keyed("agora_certificate", "agora", value=_HEX32, example="agora_app_certificate_key={32x}"),
    keyed("zulip_key", "zulip", value="[0-9A-Za-z]{32}", example="zulip api key: {32}"),
    keyed("twitter_secret", "twitter", value="[0-9A-Za-z]{50}", example="twitter api secret: {50}"),
    Rule(
        "twitter_bearer_token", "aaaaaaaaaaaaaaaa", pattern="A{18,26}[0-9A-Za-z%]{60,120}+", example="AAAAAAAAAAAAAAAAAAAAA{80}"
    ),
    Rule(
        "linkedin_secret",
        "wpl_ap",
        pattern=r"WPL_AP[01]\.[0-9A-Za-z]{16}\.[0-9A-Za-z+/]{6,8}={0,2}",
        example="WPL_AP1.{16}.{6}==",
    ),
    keyed("twitch_secret", "twitch", value="[0-9a-z]{30}", example="twitch_client_secret={30l}"),
    keyed("spotify_secret", "spotify", value="[0-9a-f]{32}", example="SPOTIFY_CLIENT_SECRET={32x}"),
    keyed("reddit_secret", "reddit", value="[0-9A-Za-z_-]{27,30}", example="reddit_client_secret={27w}"),
    keyed("chatwork_token", "chatwork", value=_HEX32, example="chatwork token: {32x}"),
    keyed("courier_key", "courier_", value="pk_(?:prod|test)_[0-9A-Z]{28}", example="courier_key: pk_prod_{28U}"),
    keyed(
        "infobip_key",
        "infobip",
        value="[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        example="infobip api key: {32x}-{u}",
    ),
    keyed("clicksend_key", "clicksend", value=_UUID, example="clicksend api key {u}"),
)
