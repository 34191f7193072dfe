"""English words that say nothing about who is meant: a name made of them alone needs more evidence than its letters.

The lists are short on purpose. A word that is missing makes the anonymiser more careful, never less.
"""

import re

_FUNCTION = """
a about above across after again against all almost along already also although always am among an and another any
anybody anyone anything anywhere are around as at away back be became because become been before behind being below
between beyond both but by came can cannot come could did do does doing done down during each either else enough etc
even ever every everybody everyone everything everywhere except few first for from get gets getting given go goes going
gone got had has have having he her here hers herself him himself his how however i if in indeed inside instead into is
it its itself just last later least less let lets like likely made make makes making many may maybe me mean means might
mine more most much must my myself near nearly neither never next no nobody none nor not nothing now nowhere of off
often on once one only onto or other others otherwise our ours ourselves out outside over own per perhaps please quite
rather really same see seem seems seen several shall she should since so some somebody someone something sometimes
somewhere soon still such take takes taken than that the their theirs them themselves then there therefore these they
thing things this those though through throughout thus till to today together tomorrow tonight too toward towards under
unless until up upon us use used uses using usually very via was we well went were what whatever when whenever where
wherever whether which while who whoever whole whom whose why will with within without would yes yesterday yet you your
yours yourself don't isn't won't can't two three four five six seven eight nine ten
"""

_GENERAL = """
ability able accept access account accurate achieve act action active actual add address advance advantage adventure
advice afternoon age agency agenda agree ahead aim air album alert alive allow alone alpha alter amber amend american
amount anchor angle animal answer apart apex apple apply approach area argue arm arrive arrow art article ask aspect
assume atlas atom attack attempt attend attention autumn avenue average avoid awake aware baby bad bag bake balance
ball band bank bar bare barrel base basic basis basket bat batch bath battle bay beach beacon beam bean bear beat
beauty bed bee beer begin behave belief believe bell belong belt bench bend benefit best beta better big bike bill bird
birth bit bite black blade blame blank blast blaze blend bless blind blink block bloom blow blue board boat body bold
bolt bond bone bonus book boost boot border boss bottle bottom bounce boutique bow bowl box boy brain branch brave
bread break breakfast breath breeze brew brick bridge brief bright bring broad brother brown brush bubble bucket bud
buffer bug build builder bulb bull bunch bundle burn burst bus bush busy butter button buy buzz cabin cable cake calm
camera camp canal candle candy canvas cap capital captain car card care careful carry cart case cash cast castle casual
cat catch cause cedar ceiling celebrate cell cellar center central centre century certain chain chair challenge chance
change chapter charge charm chart chase chat cheap check cheer chef cherry chest chief child choice choose circle city
clarity class classic clay clean clear clearly clever click cliff climb clock close cloth cloud clover club clue coach
coal coast coat cobalt code coffee coin cold collect college colour color column comfort common compare compass
complete compute concept concern condition confirm connect consider contain content contest control convert cook cool
copper copy coral core corner correct cost cotton couch count country couple courage course court cover craft crane
cream create crew crisp cross crowd crown crystal cup cure current curve custom cut cycle daily dance danger dare dark
dash data date daughter dawn day dead deal dear death decide deck deep deer define degree delay delight deliver demand
denote depend depth describe desert design desire desk detail develop device dew dial diamond differ different dig
dinner direct direction discover discuss dish distance divide dock doctor dog dollar door dot double doubt dove draft
dragon draw dream dress drift drill drink drive drop drum dry duck due dust duty each eagle ear early earn earth ease
east easy eat echo edge editor effect effort egg elect electric element elm ember emerald empty end energy engage
engine enjoy enter entire entry equal error escape essence even evening event evidence evolve exact example excellent
exchange excite exist expect expense expert explain explore express extend extra eye fable fabric face fact factor
factory fail fair faith falcon fall false fame family famous far farm fast father favour favorite fear feather feature
federal feed feel fellow fence fern field fig fight figure file fill film final finance find fine finger finish fire
firm fish fit fix flag flame flash flat fleet flex flight flint float flock floor flour flow flower fluid fly focus
fold folk follow food foot force forest forge forget fork form formal forth fortune forum forward fossil foundation fox
frame free freedom freeze french frequent fresh friend frog front frost fruit fuel full fun function fund funny fusion
future gain galaxy gallery game gap garden garlic gas gate gather gear gem general gentle genuine ghost giant gift
ginger girl give glacier glad glass gleam globe glory glow glue goal goat gold golden good grab grace grade grain grand
granite grant grape graph grass gray great green greet grid grip ground group grove grow guard guess guest guide gum
habit hair half hall hammer hand handle happen happy harbor harbour hard harm harvest hat haven hawk hazel head heal
health heap hear heart heat heaven heavy height hello help herb hero hidden hide high hill hint history hit hive hobby
hold hole home honest honey honor hook hope horizon horn horse hospital host hot hotel hour house huge human humble
hunt hurry hurt ice idea ideal image imagine impact improve inch include increase index indigo industry inform ink
inner input insight inspire instant intent interest invest invite iris iron island issue item ivory ivy jade jam jar
jazz jet jewel job join joint journal journey joy judge juice jump jungle juniper junior jury justice keen keep key
kick kid kind king kingdom kit kitchen kite knife knock knot know label labour lack ladder lady lake lamp land lane
language large laser late laugh launch laurel law lawn lay layer lazy lead leader leaf lean leap learn leave leaves
left leg legacy legal legend lemon lend length lens lesson letter level lever liberty library lie life lift light
lightning lily lime limit line link lion lip list listen literal little live load loan lobby local lock lodge log logic
long look loop loose lose lot lotus loud lounge love low loyal luck lucky lumber lunar lunch machine magic magnet mail
main maintain major mall mango manner maple map marble mark mask mass mast master match mate material math matrix matter
max meadow meal measure meat mechanic medal medicine medium meet mellow melon melt memory mention menu mercury mercy
mere merge merit merry metal meteor method metro middle midnight mile milk mill mind mineral minor mint minute mirror
miss mission mist mix mobile mode model modern moment momentum money monitor monkey month monthly mood moon morning
moss mother motion motor mountain mouse mouth move movement movie mud museum music mutual mystery nail narrow nation
national native nature navy neat neck need needle nerve nest net network neutral new news nice night nimble noble node
noise north nose note notice notion novel nurse nut oak oasis object observe obvious ocean odd offer office official oil
old olive open opera operate opinion oracle orange orbit orchard order organic origin outline outlook oven owl owner
oxygen oyster pace pack page pain paint pair palace palm panel paper parade parent park part particular partner party
pass past paste patch path patience pattern pause pay peace peach peak pear pearl pebble pen pencil people pepper
perfect perform period person personal petal phase phone phoenix photo piano pick picture piece pier pilot pin pine
pink pioneer pipe pitch pivot pixel place plain plan plane planet plant plate play player plaza pleasant pleasure plenty
plot plug plum pocket poem poet point polar pole police polish polite pond pool poor pop popular port position possible
post pot potato pound pour power practice praise prepare present press pretty prevent price pride prime print prior
prism private prize problem process produce product profit program progress project promise proof proper protect proud
prove provide public pull pulse pump punch pure purple purpose push put puzzle pyramid quality quantum quarter quartz
queen quest question quick quickly quiet rabbit race radar radio radius rail rain rainbow raise range rank rapid rare
rate raven raw ray reach react read ready real reality realm reason receive recent recipe record red reef refer reflect
regard region regular relate relax relay release remain remark remember remind remote remove rent repair repeat reply
report request require rescue research reserve resolve resource respect respond rest restaurant result return reveal
reward rhythm ribbon rice rich ride ridge right ring rise rising risk river road robin robot rock rocket role roll roof
room root rope rose rough round route row royal ruby rule run rush sad safe saffron sage sail salad sale salmon salt
sample sand sapphire sauce save say scale scarlet scene schedule scheme school science scope score scout screen sea
seal search season seat second secret section secure seed seek select self sell senior sense sentence separate serene
series serious serve service session set settle shade shadow shake shape share sharp shelf shell shelter shield shift
shine ship shirt shock shoe shoot shop shore short shoulder shout show shuttle side sight sigma sign signal silent silk
silver similar simple simply sing single sister sit size skill skin sky slack slate sleep slice slide slim slip slow
small smart smile smoke smooth snap snow social soft soil solar solid solution solve song sonic soul sound soup source
south space spare spark speak special spectrum speech speed spell spend sphere spice spin spiral spirit split sponsor
spoon sport spot spread spring sprint sprout square squirrel stable stack staff stage stamp stand standard star start
state station stay steady steam steel stellar stem step stick stock stone stop store storm story straight strange
strategy stream street strength strike string strip stripe strong structure student studio study stuff style subject
succeed success sudden sugar suggest suit summer summit sun sunny sunrise super supply support suppose sure surf
surface surprise swallow sweet swift swim swing switch sword symbol system table tail talent talk tall tango tank tap
tape target task taste tax tea teach teal team tear tell temple tempo tend term test text thank theme theory thick thin
think thread thrive throw thunder ticket tide tiger tight tile timber time tiny tip tired title toast token tone tool
tooth top topic torch total touch tough tour tower town toy trace track trade trail train transfer transit travel
treasure treat tree trek trend trial tribe trick trip triumph true trust truth try tulip tune tunnel turn twin twist
type typical umbrella uncle understand union unique unit unite united unity universal universe update upper urban
usual valid valley value vault vector velvet venture verse vertex vertical vessel vibe victory video view village vine
vintage violet vision visit visual vital vivid voice volume vote voyage wagon wait wake walk wall walnut want war warm
wash waste watch water wave wax way weak wealth wear weather weave web wedding week weekly weight welcome west wheel
whisper white wide wife wild willow win wind window wine wing winner winter wire wisdom wise wish witness wolf woman
wonder wood wool word work worker world worry worth wrap write writer wrong yard year yellow yield yoga young zebra
zen zenith zero zest zone zoom amazon general international
"""

_TRADE = """
adopt advert advertise ai analysis analytics annual api app application asset attribution audience audit automate
automation awareness backlink banner baseline behaviour benchmark blog bounce brand budget buyer calendar callout
campaign caption carousel catalog catalogue category channel checklist checkout churn client cohort collaborate
collection comment commerce commercial communicate communication community company competitor competitive compliance
conference connection consent consultant consumer conversation conversion cookbook corporate corporation creative
creator credibility customer customize dashboard deadline decision demo demographic deployment description designer
developer digital discount distribution document download ebook ecommerce edit email employee enable engagement
engineer enterprise equipment essential excerpt executive experience experiment explainer faq feedback financial
follower footer forecast founder framework freelancer frequency fulfil funnel global google growth guarantee guideline
hashtag header headline healthcare hiring holiday homepage hypothesis identify illustrate implement impression
infographic information infrastructure innovation insurance integration international internet interview inventory
keyword kpi landing lifecycle limited logistics loyalty maker management manager manufacturer margin market marketer
marketing media meeting membership mentor merchant message messaging metric milestone motivation myth narrative
negotiation newsletter niche notification objection objective online onboarding operation opportunity optimise
optimize option organisation organization outcome outreach overview owned package paid partnership payment persona
personalise personalize perspective pipeline platform playbook podcast policy portfolio positioning potential practical
premium presentation priority prioritise privacy procurement production professional promotion proposal proposition
prospect provider purchase qualify quota ratio reader recommendation recruit redesign reduce referral refund
relationship reliable renewal renew reporting reputation respondent responsibility retail retailer retention revenue
review roadmap roi rollout routine saas safety salary satisfaction saving scalable seller seminar seo server setting
shipment shipping shopper shortlist significant software specialist spreadsheet stakeholder statistic stepwise
strategic streamline subscriber subscription success summary supplier survey sustainable tactic teammate technical
technology template testimonial tracking traffic training transform transparency trigger troubleshoot tutorial twitter
upgrade upload upsell user utility vendor version visibility visitor warehouse warranty webinar website wellness
whitepaper wholesale workflow workload workshop workspace zero-sum group holding holdings technologies technology
services solutions systems industries products partners ventures labs capital enterprises brands studios global
cpc cpm ppc utm organic referral paid_social newsletter facebook instagram linkedin youtube tiktok bing pinterest
"""

EVERYDAY_WORDS = frozenset(f"{_FUNCTION} {_GENERAL} {_TRADE}".split())

_CALENDAR = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december"
)
CALENDAR_WORDS = frozenset(_CALENDAR.split())
"""Words that English always capitalises, so that their capital says nothing."""

_PLACES = """
africa african america american americas amsterdam asia asian atlanta atlantic australia australian austria baltic
barcelona beijing belgium berlin boston brazil britain british brussels california canada canadian chicago china
chinese copenhagen dallas delhi denmark denver dublin dubai dutch edinburgh egypt england english europe european
finland florida france frankfurt french geneva german germany glasgow greece greek hamburg holland houston india
indian indonesia ireland irish israel italian italy japan japanese kenya korea korean kyoto leeds lisbon london
luxembourg madrid malaysia manchester melbourne mexican mexico miami milan montreal moscow mumbai munich netherlands
nigeria nordic norway oslo osaka pacific paris philippines poland polish portugal prague rome russia russian
scandinavia scotland scottish seattle shanghai singapore spain spanish stockholm sweden swedish swiss switzerland
sydney taiwan tennessee texas thailand tokyo toronto turkey turkish uk ukraine usa us vancouver vienna vietnam
wales warsaw washington york zurich
"""
PLACE_WORDS = frozenset(_PLACES.split())
"""Places: on their own they name no business, though they are no ordinary words."""

_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("ier", "y"), ("iest", "y"), ("ily", "y"), ("iness", "y"), ("es", ""), ("es", "e"),
    ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("ers", ""), ("ers", "e"), ("er", ""), ("er", "e"),
    ("est", ""), ("est", "e"), ("ly", ""), ("ness", ""), ("less", ""), ("ful", ""), ("fully", ""), ("able", ""),
    ("able", "e"), ("ment", ""), ("ments", ""), ("ion", ""), ("ion", "e"), ("ions", ""), ("ions", "e"), ("al", ""),
    ("ally", ""), ("ive", "e"), ("ity", ""), ("ity", "e"), ("or", ""), ("or", "e"), ("ors", ""), ("y", ""), ("ish", ""),
    ("ship", ""), ("ation", ""), ("ation", "e"), ("ations", "e"), ("en", ""), ("ence", ""), ("ance", ""),
)  # fmt: skip
_PREFIXES = ("un", "re", "non", "pre", "over", "under", "out", "mis", "multi", "sub", "up")
_LETTERS = re.compile(r"[a-z']+")


def is_everyday(word: str) -> bool:
    """True when ``word``, in any case, is a listed word, formed from one, or such words joined by hyphens."""
    return all(_is_single(part) for part in word.lower().split("-"))


def _is_single(lower: str) -> bool:
    if not _LETTERS.fullmatch(lower):
        return False
    return _is_derived(lower) or any(
        lower.startswith(prefix) and len(lower) - len(prefix) > 2 and _is_derived(lower[len(prefix) :])
        for prefix in _PREFIXES
    )


def is_compound(word: str) -> bool:
    """True when ``word`` is two everyday words of three letters or more written as one, such as ``workplace``."""
    lower = word.lower()
    return any(lower[:cut] in EVERYDAY_WORDS and _is_derived(lower[cut:]) for cut in range(3, max(3, len(lower) - 2)))


def _is_derived(lower: str) -> bool:
    return lower in EVERYDAY_WORDS or any(stem in EVERYDAY_WORDS for stem in _stems(lower))


def _stems(lower: str) -> list[str]:
    """The shorter words that ``lower`` may be formed from: ``shipped`` gives ``shipp``, ``ship`` and ``shippe``."""
    found = []
    for ending, rest in _ENDINGS:
        if lower.endswith(ending) and len(lower) - len(ending) >= 2:
            stem = lower[: len(lower) - len(ending)]
            found.append(stem + rest)
            if len(stem) > 3 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
    return found
