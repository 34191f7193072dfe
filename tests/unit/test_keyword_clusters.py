"""Which keywords belong together."""

import random
import time
from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.intake.keyword_clusters import assign_clusters, cluster_of, jaccard, words_of

WORDS = st.sampled_from(["kitchen", "waste", "scale", "menu", "cost", "the", "of", "app", "best", "Küche"])
TERMS = (
    st.sampled_from(["food waste", "waste food", "the food waste", "menu"])
    | st.lists(WORDS, max_size=6).map(" ".join)
    | st.text("ab cd", max_size=8)
)
CLUSTERS = st.dictionaries(TERMS, st.lists(TERMS, max_size=4), max_size=5)
SHARES = st.sampled_from([0.2, 1 / 3, 0.4, 0.5, 0.6, 2 / 3, 0.75, 1.0])


def nearest(keyword: str, clusters: Mapping[str, Sequence[str]], share: float) -> str:
    """Every term is looked at."""
    words = words_of(keyword)
    scored = [
        (max((jaccard(words, words_of(term)) for term in terms), default=0.0), name) for name, terms in clusters.items()
    ]
    best, name = max(scored, default=(0.0, ""))
    return name if best >= share else keyword.strip().lower()


def one_after_the_other(terms: Sequence[str], clusters: Mapping[str, Sequence[str]], share: float) -> dict[str, str]:
    """Each term joins its cluster before the next one comes."""
    known = {name: list(members) for name, members in clusters.items()}
    found = {}
    for term in terms:
        found[term] = (nearest(term, known, share) if term else "") or term
        known.setdefault(found[term], []).append(term)
    return found


@settings(max_examples=500)
@given(st.lists(TERMS, max_size=12), CLUSTERS, SHARES)
def test_keywords_lie_where_looking_at_all_pairs_puts_them(
    terms: list[str], clusters: dict[str, list[str]], share: float
) -> None:
    assert assign_clusters(terms, clusters, share=share) == one_after_the_other(terms, clusters, share)


@given(TERMS.filter(bool), CLUSTERS, SHARES)
def test_one_keyword_lies_where_it_lies_among_several(term: str, clusters: dict[str, list[str]], share: float) -> None:
    assert (cluster_of(term, clusters, share=share) or term) == assign_clusters([term], clusters, share=share)[term]


def test_a_keyword_joins_one_that_came_just_before_it() -> None:
    assert assign_clusters(["food waste", "kitchen food waste", "menu"], {}) == {
        "food waste": "food waste",
        "kitchen food waste": "food waste",
        "menu": "menu",
    }


def test_the_known_clusters_are_left_as_they_were() -> None:
    clusters = {"waste": ["food waste"]}
    assign_clusters(["waste", "food waste app"], clusters)
    assert clusters == {"waste": ["food waste"]}


def test_letters_of_all_scripts_make_words() -> None:
    assert assign_clusters(["умная кухня", "кухня"], {}) == {"умная кухня": "умная кухня", "кухня": "умная кухня"}


def test_five_thousand_new_keywords_are_placed_in_seconds() -> None:
    chance = random.Random(7)
    heads = ["software", "app", "tool", "platform"]  # as in real lists, a few words stand in most keywords
    words = [f"w{min(int(20 * chance.paretovariate(0.6)), 9_000)}" for _ in range(20_000)]
    drawn = (" ".join([*chance.sample(words, chance.randint(1, 4)), chance.choice(heads)]) for _ in range(9_000))
    terms = list(dict.fromkeys(drawn))
    start = time.process_time()
    placed = assign_clusters(terms[:5_000], {})
    assert len(placed) == 5_000
    assert time.process_time() - start < 3  # under a second where nothing else runs
