"""The ten groups of the onboarding (section 2.1 of the design): what is asked, and how."""

from ..marketplace.records import SPECIALIZATIONS
from .business import (
    BUSINESS_MODELS,
    REVENUE_MECHANICS,
    SIZES,
    STAGES,
    BrandVoice,
    Competitors,
    Identity,
    MarketingStack,
    MarketingState,
    PricingTier,
    Product,
    Segment,
    VisualIdentity,
)
from .questionnaire import FormField, OpenQuestion, QuestionGroup, Questionnaire

_PARAGRAPH = 2_000

IDENTITY = QuestionGroup(
    name="identity",
    title="Who you are",
    record=Identity,
    help="The name of the business, and what kind of business it is.",
    fields=(
        FormField(name="name", title="Name of the business", required=True, example="Brinewell"),
        FormField(
            name="slug",
            title="Short name for commands and links",
            help="Small letters, digits and hyphens. Without one it is made of the name.",
            format="slug",
            example="brinewell",
            longest=100,
        ),
        FormField(name="industry", title="Industry", example="Food waste software for hospitality"),
        FormField(
            name="specialization",
            title="What creators have to know about",
            help="The field in which writers and designers for you should be at home.",
            kind="choice",
            options=SPECIALIZATIONS,
            example="B2B_SaaS",
        ),
        FormField(name="size", title="How many people work there", kind="choice", options=SIZES, example="1-10"),
        FormField(name="stage", title="Stage", kind="choice", options=STAGES, example="seed"),
        FormField(name="website", title="Website", format="url", example="https://brinewell.example"),
        FormField(
            name="timezone",
            title="Time zone",
            help="As the IANA database names it; days and times of the calendar are shown in it.",
            format="time-zone",
            attribute="time_zone",
            example="Europe/Amsterdam",
            longest=100,
        ),
    ),
    questions=(
        OpenQuestion(question="What does your company do, in one breath?", expected_words=45),
        OpenQuestion(question="How did it start?", expected_words=45),
        OpenQuestion(question="Where do you want to be in three years?", expected_words=30),
        OpenQuestion(
            question="What would your team say is the hardest thing about working with you?", expected_words=25
        ),
    ),
)

BUSINESS_MODEL = QuestionGroup(
    name="business_model",
    title="Your business model",
    help="What kind of business it is; several may be true.",
    fields=(
        FormField(
            name="models",
            title="Business models",
            kind="choices",
            options=BUSINESS_MODELS,
            attribute="business_models",
            example="b2b, saas",
        ),
    ),
    questions=(
        OpenQuestion(question="Who pays you, and for what?", expected_words=40),
        OpenQuestion(question="Do partners sell for you?", expected_words=30),
    ),
)

REVENUE = QuestionGroup(
    name="revenue_mechanics",
    title="How money comes in",
    help="What customers pay for; several may be true.",
    fields=(
        FormField(
            name="mechanics",
            title="Revenue mechanics",
            kind="choices",
            options=REVENUE_MECHANICS,
            attribute="revenue_mechanics",
            example="subscription",
        ),
    ),
    questions=(
        OpenQuestion(question="How does money come in?", expected_words=30),
        OpenQuestion(question="What makes a customer worth more over time?", expected_words=35),
        OpenQuestion(question="Would you consider other ways to charge?", expected_words=20),
    ),
)

_SEGMENT = (
    FormField(name="name", title="Name of the segment", required=True, example="Operations managers"),
    FormField(
        name="key",
        title="Short name in calendar and beliefs",
        help="Without one it is made of the name.",
        asked=False,
        example="operations_managers",
        longest=100,
    ),
    FormField(name="industries", title="Industries", kind="list", example="hotels, restaurants"),
    FormField(name="company_sizes", title="Company sizes", kind="list", example="11-50, 51-200"),
    FormField(name="job_titles", title="Job titles", kind="list", example="Head chef, Kitchen manager"),
    FormField(name="geographies", title="Geographies", kind="list", example="Netherlands, Belgium"),
    FormField(
        name="pain_points",
        title="Pain points",
        help="What keeps them up at night, as they would say it.",
        kind="list",
        example="Counting stock at night after a double shift",
    ),
)

AUDIENCE = QuestionGroup(
    name="audience",
    title="Your ideal customers",
    help="One segment for each kind of person you sell to. The calendar and all results are told apart by them.",
    fields=(
        FormField(
            name="segments",
            title="Segments",
            kind="rows",
            columns=_SEGMENT,
            record=Segment,
            help="Each with its industries, company sizes, job titles, geographies and pain points.",
        ),
    ),
    questions=(
        OpenQuestion(question="Who is your ideal customer?", expected_words=45),
        OpenQuestion(question="Who else is in the room when they decide?", expected_words=30),
        OpenQuestion(question="What does your customer never say out loud?", expected_words=35),
    ),
)

COMPETITORS = QuestionGroup(
    name="competitors",
    title="Whom you are compared with",
    help="By name. What is said about them later is found by these names.",
    record=Competitors,
    fields=(
        FormField(name="direct", title="Direct competitors", kind="list", example="Peelmetric, Wastrel Labs"),
        FormField(
            name="indirect",
            title="Indirect competitors",
            help="They solve the same problem in another way.",
            kind="list",
            example="Pantrymoth",
        ),
        FormField(
            name="aspirational",
            title="Whom you would like to be compared with",
            kind="list",
            example="Tidepool Almanac",
        ),
    ),
    questions=(
        OpenQuestion(question="Whom do you lose to?", expected_words=40),
        OpenQuestion(question="What do customers do instead of buying from anybody?", expected_words=30),
        OpenQuestion(question="Whom do you admire?", expected_words=25),
    ),
)

BRAND_VOICE = QuestionGroup(
    name="brand_voice",
    title="How you sound",
    help="Four scales, and words. A scale that is not set stands in the middle.",
    record=BrandVoice,
    fields=(
        FormField(name="formality", title="Formality", kind="scale", ends=("casual", "formal"), example="0.25"),
        FormField(
            name="technicality", title="Technicality", kind="scale", ends=("accessible", "technical"), example="0.35"
        ),
        FormField(name="boldness", title="Boldness", kind="scale", ends=("measured", "bold"), example="0.7"),
        FormField(name="playfulness", title="Playfulness", kind="scale", ends=("serious", "playful"), example="0.75"),
        FormField(name="words_we_use", title="Words you use", kind="list", example="weigh, kitchen, shift"),
        FormField(name="words_we_avoid", title="Words you never use", kind="list", example="leverage, synergy"),
    ),
    questions=(
        OpenQuestion(question="If your brand came to dinner, how would it behave?", expected_words=35),
        OpenQuestion(question="What do people get wrong when they write for you?", expected_words=35),
    ),
)

VISUAL_IDENTITY = QuestionGroup(
    name="visual_identity",
    title="How you look",
    help="Colours, fonts and references. Files, such as the logo itself: refleqt assets add FILE.",
    record=VisualIdentity,
    fields=(
        FormField(name="colors", title="Colours", kind="list", example="enamel blue, salt white"),
        FormField(name="fonts", title="Fonts", kind="list", example="Inter, Source Serif"),
        FormField(
            name="logo", title="Logo", help="What it shows, the name of its file, or its address.", example="logo.svg"
        ),
        FormField(
            name="style_references", title="Style references", kind="list", example="chalk boards of fishmongers"
        ),
    ),
    questions=(
        OpenQuestion(question="What should people feel when they see you?", expected_words=25),
        OpenQuestion(question="Who made the logo?", expected_words=15),
        OpenQuestion(question="Which designs of others do you like?", expected_words=20),
    ),
)

_TIER = (
    FormField(name="name", title="Name of the tier", required=True, example="Single kitchen"),
    FormField(
        name="price",
        title="Price",
        help="An amount and its currency; EUR where none is named.",
        kind="money",
        required=True,
        example="79.00 EUR",
    ),
    FormField(name="per", title="Per what", help="month, seat, kitchen and month …", example="month"),
)

_PRODUCT = (
    FormField(name="name", title="Name of the product or service", required=True, example="Brinewell Tally"),
    FormField(
        name="description",
        title="What it is, in a sentence",
        example="A scale under the bin with four buttons.",
        longest=_PARAGRAPH,
    ),
    FormField(name="pricing_tiers", title="Pricing tiers", kind="rows", columns=_TIER, record=PricingTier),
    FormField(name="key_features", title="Key features", kind="list", example="Prep list for the morning"),
    FormField(name="differentiators", title="What sets it apart", kind="list", example="Nine seconds a tray"),
)

OFFERING = QuestionGroup(
    name="offering",
    title="What you sell",
    help="Products and services, with what they cost and what sets them apart.",
    fields=(FormField(name="products", title="Products and services", kind="rows", columns=_PRODUCT, record=Product),),
    questions=(
        OpenQuestion(question="What do you sell, and what does it cost?", expected_words=35),
        OpenQuestion(question="Which feature do customers love and you never talk about?", expected_words=35),
        OpenQuestion(question="Why would somebody leave you?", expected_words=25),
    ),
)

MARKETING_STACK = QuestionGroup(
    name="marketing_stack",
    title="The tools you use",
    help="By the names of the products.",
    record=MarketingStack,
    fields=(
        FormField(name="cms", title="CMS", help="What the website is made with.", example="Ghost"),
        FormField(name="email", title="Email platform", example="Mailchimp"),
        FormField(name="crm", title="CRM", help="Where deals and contacts are.", example="HubSpot"),
        FormField(name="analytics", title="Analytics", example="Google Analytics 4"),
        FormField(name="social", title="Social tools and networks", kind="list", example="linkedin, instagram"),
    ),
    questions=(
        OpenQuestion(question="Which tools do you use, and which do you look at?", expected_words=30),
        OpenQuestion(question="Are your UTM tags in order?", expected_words=15),
    ),
)

MARKETING_STATE = QuestionGroup(
    name="marketing_state",
    title="Where your marketing stands",
    help="What works, what does not, what was tried, and what never was.",
    record=MarketingState,
    fields=(
        FormField(name="working", title="What works", kind="list", example="Customer stories"),
        FormField(name="not_working", title="What does not", kind="list", example="Loss warnings"),
        FormField(name="tried", title="What has been tried", kind="list", example="trade fair, podcast"),
        FormField(name="never_tried", title="What has never been tried", kind="list", example="webinars for finance"),
    ),
    questions=(
        OpenQuestion(question="What works?", expected_words=35),
        OpenQuestion(question="What does not?", expected_words=35),
        OpenQuestion(question="What have you never tried, and why?", expected_words=25),
        OpenQuestion(question="How do you decide what to publish next?", expected_words=20),
    ),
)

QUESTIONNAIRE = Questionnaire(
    (
        IDENTITY,
        BUSINESS_MODEL,
        REVENUE,
        AUDIENCE,
        COMPETITORS,
        BRAND_VOICE,
        VISUAL_IDENTITY,
        OFFERING,
        MARKETING_STACK,
        MARKETING_STATE,
    )
)
