"""Keys of language models, vector stores and the services around them."""

from __future__ import annotations

from dlp.detect.secrets.rule import Rule, Traits, keyed

_HEX32 = "[0-9a-f]{32}"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# "sk-" alone begins words ("sk-learn") and is shared by several services, so the body must be of high entropy.
_SHARED_PREFIX = Traits(confidence=0.8, entropy=3.3)

DETECTORS = (
    Rule("openai_project_key", "sk-proj-", pattern="sk-proj-[0-9A-Za-z_-]{40,220}+", example="sk-proj-{20}T3BlbkFJ{20}"),
    Rule(
        "openai_service_key",
        "sk-svcacct- sk-admin- sk-service-",
        pattern="sk-(?:svcacct|admin|service)-[0-9A-Za-z_-]{40,220}+",
        example="sk-svcacct-{74w}T3BlbkFJ{74w}",
    ),
    Rule(
        "openai_key",
        "t3blbkfj",
        pattern="sk-(?:[0-9A-Za-z]{1,40}-)?[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}",
        example="sk-{20}T3BlbkFJ{20}",
        traits=Traits(before=80),
    ),
    Rule("openai_session_key", "sess-", pattern="sess-[0-9A-Za-z]{40}", example="sess-{40}"),
    Rule("secret_key_of_a_model", "sk-[0-9a-z]{32}", pattern="sk-[0-9a-zA-Z]{32,64}+", example="sk-{48}", traits=_SHARED_PREFIX),
    Rule(
        "anthropic_api_key",
        "sk-ant-",
        pattern="sk-ant-(?:api|admin|oat|ort|sid)[0-9]{2}-[0-9A-Za-z_-]{80,120}+",
        example="sk-ant-api03-{93w}AA",
    ),
    Rule("huggingface_token", "hf_", pattern="hf_[0-9A-Za-z]{34,40}+", example="hf_{34}"),
    Rule("huggingface_organisation_token", "api_org_", pattern="api_org_[0-9A-Za-z]{34}", example="api_org_{34}"),
    Rule("replicate_token", "r8_", pattern="r8_[0-9A-Za-z]{37,40}+", example="r8_{37}"),
    Rule("groq_key", "gsk_", pattern="gsk_[0-9A-Za-z]{52}", example="gsk_{52}"),
    Rule("perplexity_key", "pplx-", pattern="pplx-[0-9A-Za-z]{48,56}+", example="pplx-{48}"),
    Rule("xai_key", "xai-", pattern="xai-[0-9A-Za-z]{80}", example="xai-{80}"),
    Rule("openrouter_key", "sk-or-", pattern="sk-or-v1-[0-9a-f]{64}", example="sk-or-v1-{64x}"),
    Rule("fireworks_key", "fw_", pattern="fw_[0-9A-Za-z]{22,24}", example="fw_{24}"),
    Rule("cerebras_key", "csk-", pattern="csk-[0-9a-z]{48}", example="csk-{48l}"),
    Rule("nvidia_key", "nvapi-", pattern="nvapi-[0-9A-Za-z_-]{64}", example="nvapi-{64w}"),
    Rule("langsmith_key", "lsv2_", pattern="lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}", example="lsv2_pt_{32x}_{10x}"),
    Rule("langchain_key", "ls__", pattern="ls__[0-9a-f]{32}", example="ls__{32x}"),
    Rule("langfuse_secret_key", "sk-lf-", pattern=rf"sk-lf-{_UUID}", example="sk-lf-{u}"),
    Rule("pinecone_key", "pcsk_", pattern="pcsk_[0-9A-Za-z]{5,6}_[0-9A-Za-z]{60,64}", example="pcsk_{5}_{63}"),
    keyed("pinecone_legacy_key", "pinecone", value=_UUID, example="PINECONE_API_KEY={u}"),
    Rule("wandb_key", "wandb_v1_", pattern="wandb_v1_[0-9A-Za-z_-]{60,90}+", example="wandb_v1_{77}"),
    keyed("wandb_legacy_key", "wandb", value="[0-9a-f]{40}", example="WANDB_API_KEY={40x}"),
    Rule("elevenlabs_key", "sk_[0-9a-f]{32}", pattern="sk_[0-9a-f]{48}", example="sk_{48x}"),
    keyed("elevenlabs_legacy_key", "elevenlabs xi-api-key", value=_HEX32, example="elevenlabs xi-api-key: {32x}"),
    keyed("cohere_key", "cohere co_api", value="[0-9A-Za-z]{40}", example="COHERE_API_KEY={40}"),
    keyed("mistral_key", "mistral", value="[0-9A-Za-z]{32}", example="MISTRAL_API_KEY={32}"),
    keyed("deepseek_key", "deepseek", value="sk-[0-9a-f]{32}", example="deepseek api key: sk-{32x}"),
    keyed(
        "together_key",
        "together_ together.ai togetherai",
        value="(?:[0-9a-f]{64}|tgp_v1_[0-9A-Za-z_-]{40,50})",
        example="TOGETHER_API_KEY={64x}",
    ),
    keyed("assemblyai_key", "assemblyai", value=_HEX32, example="assemblyai api key: {32x}"),
    keyed("deepgram_key", "deepgram", value="[0-9a-f]{40}", example="DEEPGRAM_API_KEY={40x}"),
    Rule("voyage_key", "pa-[0-9a-z_-]{32}", pattern="pa-[0-9A-Za-z_-]{43}", example="pa-{43w}", traits=Traits(entropy=3.6)),
    Rule("jina_key", "jina_", pattern="jina_[0-9a-f]{32}[0-9A-Za-z_-]{28}", example="jina_{32x}{28w}"),
    Rule("tavily_key", "tvly-", pattern="tvly-(?:dev-|prod-)?[0-9A-Za-z]{32}", example="tvly-{32}"),
    Rule("firecrawl_key", "fc-[0-9a-f]{32}", pattern="fc-[0-9a-f]{32}", example="fc-{32x}"),
    Rule("e2b_key", "e2b_", pattern="e2b_[0-9a-f]{40}", example="e2b_{40x}"),
    keyed("exa_key", "exa_api exa.ai", value=_UUID, example="EXA_API_KEY={u}"),
    Rule(
        "modal_token",
        "a[ks]-[0-9a-z]{22}",
        pattern="a[ks]-[0-9A-Za-z]{22}",
        example="as-{22}",
        traits=Traits(entropy=3.8, confidence=0.7),
    ),
    Rule("runpod_key", "rpa_", pattern="rpa_[0-9A-Z]{40}[0-9a-z]{4,8}", example="rpa_{40U}{6l}"),
    Rule("anyscale_key", "esecret_", pattern="esecret_[0-9a-z]{26,50}", example="esecret_{26l}"),
    Rule(
        "helicone_key", "sk-helicone-", pattern="(?:sk|pk)-helicone-[0-9a-z-]{27,50}", example="sk-helicone-{7l}-{7l}-{7l}-{7l}"
    ),
    Rule("apify_token", "apify_api_", pattern="apify_api_[0-9A-Za-z]{34,40}", example="apify_api_{36}"),
    Rule("llamacloud_key", "llx-", pattern="llx-[0-9A-Za-z]{48}", example="llx-{48}"),
    Rule("unify_braintrust_key", "sk-bt-", pattern="sk-bt-[0-9A-Za-z]{32,60}", example="sk-bt-{48}"),
    keyed("clarifai_key", "clarifai", value=_HEX32, example="clarifai pat key: {32x}"),
    keyed(
        "stability_key", "stability_ stability.ai dreamstudio", value="sk-[0-9A-Za-z]{48}", example="stability_api_key: sk-{48}"
    ),
    keyed("ai21_key", "ai21", value="[0-9A-Za-z]{32}", example="AI21_API_KEY={32}"),
    keyed("moonshot_key", "moonshot kimi", value="sk-[0-9A-Za-z]{48}", example="moonshot api key: sk-{48}"),
    keyed("dashscope_key", "dashscope qwen", value="sk-[0-9a-f]{32}", example="DASHSCOPE_API_KEY=sk-{32x}"),
    keyed("roboflow_key", "roboflow", value="[0-9A-Za-z]{20}", example="roboflow api key: {20}"),
    keyed("qdrant_key", "qdrant", value="[0-9A-Za-z_-]{54}", example="QDRANT_API_KEY={54w}"),
)
