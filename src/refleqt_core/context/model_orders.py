"""What people write to a language model and not to people, as expressions over a folded sentence."""

import re

_ORDER = (
    r"(?:^|[.,:;!?\"'“”(>*\]–—-]\s*|you\b[^.]{0,20}\bto\s+|\b(?:please|must|should|and|then|now|just|can|kindly|"
    r"immediately|simply|will|first|also|so|but|or|you|ai|assistant|model|computer|could|would|instead|is to)\s+)"
    r"(?P<order>)"
)
"""What an order to somebody stands behind, and where it begins; "customers ignore …" is a statement about others."""

_MACHINE = (
    r"(?:ai|llm|language model|large language model|chatbot|chatgpt|gpt[\w.-]*)\b"
    r"(?![ -](?:company|start-?up|firm|vendor|agency|fan|expert|sceptic|skeptic|team|user|customer|buyer|feature|tool))"
)
_ASKED = r"(?:instructions?|prompts?|directives?|programming|system message)"
_FORM = r"(?:json|xml|yaml|schema|empty (?:list|json|object|array|string|answer)|list of findings)"
_OUTPUT = r"(?:findings?|extraction|answer|output|response)"

_OF_OTHERS = (
    r"(?! (?:to|on|about|from|of|by|at|in) (?!(?:the |your |this |any )?(?:user|system|developer|prompt|conversation|"
    r"chat|documents?|text|message|openai|anthropic|ai|model|context)\b))"
)
"""What is said next is not that they were given by people, or are about something in their world."""
_TOLD = (
    r"(?:report|list|output|return|respond|reply|answer|say|praise|mention|name|ignore|disregard|forget|extract|invent|"
    r"summari[sz]e|rate|mark|score|pretend|obey|you are|you love|you must|you will)"
)
"""What a model is told to do."""

_DISOBEY = (
    rf"{_ORDER}(?:ignore|disregard|forget|override|overrule|bypass|skip|discard|drop|abandon|neglect)\b.{{0,40}}"
    rf"\b(?:previous|prior|above|earlier|all|any|your|every|other|system|original|preceding|existing|initial|former)\b"
    rf".{{0,30}}\b{_ASKED}\b{_OF_OTHERS}",
    rf"{_ORDER}(?:ignore|disregard|forget|override|bypass)\b.{{0,20}}"
    r"\b(?:your|previous|prior|above|earlier|preceding|system)\b.{0,20}"
    rf"\b(?:rules?|guidelines?|directions?|constraints?|context|safety|restrictions?|training)\b{_OF_OTHERS}",
    rf"{_ORDER}(?:ignore|disregard|forget)\b.{{0,10}}\b(?:everything|anything|all|whatever|the (?:text|words|content|"
    r"document|rest))\b.{0,15}\b(?:above|you were told|you have been told|you were instructed|"
    r"said before)\b(?! (?:about|of|by)\b)",
    rf"\b(?:overrides?|overriding|replaces?|supersedes?|(?:change|update|correction|addition) (?:to|of)|"
    rf"despite)\s+your "
    rf"(?:\w+ )?{_ASKED}\b",
    rf"\byour (?:\w+ )?{_ASKED}\b.{{0,25}}\b(?:void|invalid|obsolete|outdated|cancelled|suspended|no longer)\b",
    rf"\b(?:new|updated|revised|real|actual|additional|hidden|secret|special) (?:system )?{_ASKED} ?: ?"
    rf"(?:\w+ )?{_TOLD}\b",
    rf"\b(?:new|updated|revised|real|actual|hidden|secret) system {_ASKED} ?:",
    r"\bstop (?:reading|extracting|processing|analy[sz]ing|parsing) (?:this|the) (?:document|text|"
    r"transcript|passage)\b(?! if\b)",
    r"\b(?:set aside|put aside|dismiss|drop|forget|ignore)\b.{0,20}\b(?:whatever|everything|anything|all|what) you "
    r"(?:were|are|have been|had been) (?:asked|told|instructed|ordered)\b(?! (?:about|of|by)\b)",
    rf"{_ORDER}(?:do not|don'?t|never) follow (?:the|your|any) (?:\w+ )?(?:schema|prompt|system message)\b",
    r"^\W*(?:begin|start|end)(?: of)?(?: the| a)? (?:new|next|previous|old|real) (?:task|instructions?|"
    r"prompt|session)\W*"
    r"(?::|$)",
    r"\b(?:words|text|instructions|sentences|everything|content) above (?:is|are|was|were) (?:obsolete|"
    r"void|invalid|fake|"
    r"a test|cancelled|outdated)\b(?! of\b)",
)
_POSE = (
    r"\byou have been (?:reprogrammed|reconfigured|jailbroken|hacked)\b|\b(?:who|that|which) (?:built|"
    r"programmed) you\b",
    r"\byour new (?:goal|task|purpose|objective|identity|persona) (?:is|will be)\b",
    r"\b(?:assume|take on|adopt) the (?:role|persona|identity) of (?:an? )?(?:\w+ ){0,2}(?:chatbot|ai|"
    r"assistant|bot|model)\b",
    rf"\byou are (?:now|henceforth|from now on) (?:\w+[ -]){{0,5}}(?:{_MACHINE}|(?:assistant|model|bot|dan|extractor)"
    r"(?=\W*$|\s*[.,;:!]|\s+(?:without|with no|that|who|which|and you|named|called)\b))",
    rf"\byou are (?:an?|the|my) (?:\w+[ -]){{0,3}}(?:{_MACHINE}|unrestricted\b)",
    rf"\b(?:pretend|imagine|assume|suppose)\b.{{0,15}}\byou(?: are|'re)\b.{{0,30}}\b(?:{_MACHINE}|dan\b|jailbroken\b)",
    r"\bfrom now on,? (?:you|your)\b.{0,20}\b(?:(?:act|behave) (?:as|like)\b|(?:obey|ignore|output|pretend)\b|"
    r"(?:respond|answer|reply|speak)\b.{0,20}\b(?:only|nothing but|as an?|in the (?:voice|style)|json|findings?)\b)",
    r"\bas an? (?:large )?(?:ai(?: (?:language )?model| assistant)?|language model|llm),? (?:you|i)\b",
    r"\bdeveloper mode (?:enabled|on|activated|output)\b(?! (?:the|a|our|my|your|each|every)\b)|"
    r"(?<![\"'“])\bdo anything now\b|\bjailbr(?:eak|oken) (?:mode|prompt)\b(?! (?:is|was)\b)",
)
_ADDRESS = (
    rf"\b(?:dear|hey|hello|hi|attention|ok(?:ay)?|note to|message (?:to|for)|memo to),? (?:all |any |every |the )?"
    rf"(?:{_MACHINE}|(?:model|assistant|extractor|summari[sz]er|computer|bot|robot)s?\b"
    r"(?=\W*$|\s*[.,;:!)–—]|\s+(?:reading|that|who|please|you)\b))",
    rf"\b(?:to|for) (?:the |any |every )?{_MACHINE} ?:",
    r"\b(?:whoever|whatever|if you|anyone who) (?:\w+ )?(?:extracts?|processes|summari[sz]es?|parses?|"
    r"analy[sz]es?) this\b(?: (?:text|document|transcript|passage|file|page|message|note))?(?=\W*$|\s*[,:;]|"
    r" (?:shall|must|should|has to|will|automatically|by machine)\b)",
    r"\b(?:ai|model|llm|bot)s? (?:\w+ )?(?:reading|processing|parsing|analy[sz]ing|that reads?) this\b",
    r"\b(?:for|to|attention) (?:all )?(?:automated|automatic|machine|robotic|artificial) (?:readers?|systems?|agents?|"
    r"crawlers?|parsers?)\b ?[:,]",
)
_ANSWER = (
    r"\bas an? (?:customer insight|competitor mention|alignment gap|finding)\b.{0,20}\beven if\b",
    rf"{_ORDER}(?:respond|reply|answer|output|return|print|emit|produce|generate)(?: back)?\s+(?:only |just |exactly |"
    rf"solely |with |the |a |this |following |an |your |in )*{_FORM}\b",
    r"\byour (?:answer|output|response|reply)\b.{0,10}\b(?:must|has to|have to|should|is to|will|shall)\b.{0,40}"
    r"\b(?:json|xml|yaml|empty|words?|findings?|object|string|nothing|times|positive|negative)\b",
    rf"{_ORDER}(?:translate|summari[sz]e|rewrite|paraphrase|repeat|echo|complete|continue)\s+(?:the following|this|the "
    r"above) (?:text|sentence|document|passage|paragraph|words?|phrase|prompt|conversation|message|input)s?\b"
    r".{0,60}(?:\b(?:as|instead|back) ?:(?:\s|$)|\bstarting with (?:the (?:words?|phrase|line|sentence)\b|[\"'“])|"
    r"\bnothing else\b)",
    rf"{_ORDER}(?:repeat|echo|print|output)\b.{{0,12}}\b(?:text|words?|sentences?|lines?|content|everything) above\b",
    rf"{_ORDER}(?:reveal|show|print|repeat|leak|display|tell (?:me|us)|give (?:me|us)|output|expose|send)\b.{{0,25}}"
    r"\b(?:your|the|hidden|initial) (?:system prompt|prompt|hidden instructions|system message|api key)\b"
    r"(?! (?:to|for) (?:the|our|all|every)\b)",
    rf"{_ORDER}(?:reveal|print|repeat|leak|display|output|expose)\b.{{0,25}}\b(?:your|hidden|initial) instructions\b",
    rf"{_ORDER}(?:set|mark|report|score|rate|treat|give (?:it|them|this|that|every|each|all)|make|count)\b.{{0,30}}"
    r"\b(?:sentiment|charge|confidence)\b"
    r".{0,12}?\s(?:(?:to|as|=|at|of) )?(?:very |fully |always )?(?:positive|negative|neutral|maximum|"
    r"minimum|max|min|zero|"
    r"one|[01](?:\.\d+)?)(?!\s?%|\w| side\b| (?:in|on) (?:the|our|my)\b)",
    rf"{_ORDER}(?:do not|don'?t|never) (?:extract|output)\b.{{0,30}}\b(?:competitors?|findings?|names?|quotes?|themes?|"
    r"topics?|entities|anything|insights?|signals?|complaints?|above|documents?|text|json)\b",
    rf"\b(?:leave|omit|suppress|hide|exclude|remove|mention|list|report|include)\b.{{0,60}}\b(?:out of|from|in) your "
    rf"{_OUTPUT}\b",
    r"\b(?:competitor_mention|customer_insight|brand_voice|alignment_gap|emotional_charge)\b",
    r"\byour findings? (?:is|are) about\b|\b(?:all|every|each|your) findings? (?:ha(?:s|ve) to|must|should) (?:praise|"
    r"mention|say|be (?:about|positive|negative|empty|neutral))\b",
    rf"{_ORDER}(?:output|list|report|invent)\b.{{0,15}}\b(?:only|just|but) (?:a |the )?findings? (?:about|of)\b|"
    r"\binvent (?:a|some|the) findings?\b",
    r"\binstead of (?:extracting|(?:listing|reporting|returning|giving|finding) (?:the |any |"
    r"your )?(?:findings?|quotes?|"
    r"json|entities))\b",
    r"\bthe extraction (?:will|must|has to|shall)\b.{0,30}\b(?:fail\w*|empty|invalid|rejected)\b",
    r"\b(?:decode|decrypt|base64|rot13)\b.{0,40}\b(?:do what|follow|execute|obey|carry out)\b",
)
_FORGERY = (
    r"^\W*[#*<\[|]{2,}\s*(?:system|assistant|developer|user|human|ai)\b\W{0,4}(?::|$|\s)",
    r"^\W*(?:developer|system|admin|operator) (?:message|prompt|note|override)\b\W*:",
    r"<\|?/?(?:im_start|im_end|system|assistant|user|endoftext|s|inst|eot_id|start_header_id|end_header_id|document|"
    r"instructions?|prompt|tool_call)\|?>|\[/?inst\]|<</?sys>>",
    r"^\W*#+ ?(?:system|instructions?|assistant|response|user|prompt)\W*$",
    r"[\"'](?:findings|sentiment|quote|role|tool|arguments|messages)[\"']\s*:",
    r"^\W*(?:end|begin|start|stop)(?: of)?(?: the| this| system| user| untrusted)* (?:prompt|"
    r"instructions?|document|context|"
    r"data|input|text|transcript|source)\W*$|^\W*(?:end|begin) [0-9a-f]{8,}\W*$",
    r"\b(?:document|text|input|context|transcript|passage|data) (?:ends|is over|stops|ended|finishes) here\b",
)
_ELSEWHERE = (
    r"\b(?:ignorier\w*|vergiss|vergesst|missachte\w*|uberschreib\w*)\b.{0,40}\b(?:anweisungen|"
    r"instruktionen|vorgaben|befehle)\b",
    r"\bdu bist (?:jetzt|nun|ab sofort)\b.{0,40}\b(?:assistent|ki|modell|bot|chatbot)\b",
    r"\b(?:ignore[rz]?|oublie[rz]?)\b.{0,40}\b(?:instructions?|consignes?) (?:precedentes?|anterieures?|ci-dessus)\b",
    r"\b(?:ignora\w*|olvida\w*)\b.{0,40}\binstrucciones\b",
    r"\b(?:ignora\w*|dimentica\w*)\b.{0,40}\bistruzioni\b",
    r"\b(?:ignor\w+|esquec\w+)\b.{0,40}\binstrucoes\b",
    r"\b(?:negeer|vergeet)\b.{0,40}\b(?:instructies|aanwijzingen)\b",
    r"\b(?:zignoruj|ignoruj|zapomnij)\b.{0,40}\b(?:instrukcj\w+|polecen\w+)",
    r"(?:игнорируй|забудь|не учитывай).{0,40}(?:инструкци|указани|команд)",
    r"(?:忽略|无视|忘记|無視|忘記).{0,15}(?:指令|指示|提示|说明|說明)",
    r"(?:指示|命令|プロンプト).{0,12}(?:無視|忘れ)",
    r"(?:지시|명령).{0,12}(?:무시|잊)",
    r"تجاهل.{0,30}(?:التعليمات|الأوامر)",
    r"\btalimatlar\w*\b.{0,12}\b(?:yok say|unut|gormezden gel)",
)

ORDERS = tuple(re.compile(each) for each in (*_DISOBEY, *_POSE, *_ADDRESS, *_ANSWER, *_FORGERY, *_ELSEWHERE))
"""Any of them says that a sentence talks to a model; they are for small letters."""

HINT = re.compile(
    r"instru|prompt|directive|programming|system|rule|guideline|direction|constraint|context|safety|"
    r"restrict|training|above"
    r"|told|said before|assistant|\bais?\b|llm|model|bot\b|gpt|\bdan\b|anything now|developer|jailbr|json|"
    r"xml|yaml|schema"
    r"|finding|empty|extract|sentiment|charge|confidence|document|text|transcript|passage|input|base64|"
    r"rot13|decode|_|unrestr"
    r"|computer|from now on|this$|this\b|answer|output|response|reply|api key|message|[\"'<\[]|begin|"
    r"end [0-9a-f]|anweisung"
    r"|instruktion|vorgaben|befehle|assistent|\bki\b|consigne|istruzion|aanwijzing|polecen|[^\x00-\u052f]|"
    r"инструкц|указани"
    r"|команд|talimat|asked|ordered|reprogram|reconfig|hacked|built|your new|task|role of|persona|identity|automat"
    r"|machine|robotic|artificial|even if"
)
"""Stands in every sentence that one of `ORDERS` finds; most others can be passed over at once."""
