"""The headline numbers of the nine signals for all businesses at once, as DuckDB, polars and pandas compute them.

They do less than the product does: no interval, no sentence, no evidence, and every start of a status is known. Each
gives, by business, the numbers of `HEADLINES`; `benchmarks.patterns` checks that all agree.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .pattern_data import TEXTS, Made

HEADLINES = ("created", "completion", "campaigns", "funnel", "channels", "reviews", "flow", "overlap", "publication")
"""Entries a week, mean filled text fields, share in a campaign, balance, Herfindahl of channels, reviews done of due,
median stay in production, share of competing entries, median time to publish."""

Numbers = dict[str, np.ndarray[Any, Any]]
PRODUCTION = 2
HALF_LIFE, WEEKS = 4.0, 26
REVIEW = 29
"""`NOW` is a midnight: whose review is due was published on a day that began more than so many days before."""


def tables(given: Made) -> dict[str, dict[str, np.ndarray[Any, Any]]]:
    """Plain columns for the engines, which each takes in before it is timed."""
    names = ("business", "created", "publish", "status", "campaign", "stage", "keyword", "intent")
    entries = {name: getattr(given, name) for name in names} | {"entry": np.arange(given.business.size)}
    entries |= {name: given.texts[:, place] for place, name in enumerate(TEXTS)}
    step = given.step
    steps = {"entry": step[:, 0].astype(int), "reached": step[:, 2].astype(int), "ago": step[:, 3]}
    return {
        "entries": entries,
        "steps": steps | {"business": given.business[steps["entry"]]},
        "channels": {"business": given.business[given.channel[:, 0]], "channel": given.channel[:, 1]},
    }


def duckdb_engine(given: dict[str, Any], businesses: int) -> Callable[[], Numbers]:
    """One SQL statement for each signal."""
    import duckdb
    import pandas as pd

    database = duckdb.connect()
    for name, columns in given.items():
        frame = pd.DataFrame(columns)
        database.register("given", frame)
        database.execute(f"create table {name} as select * from given")
        database.unregister("given")
    filled = " + ".join(f"avg({name}::int)" for name in TEXTS)
    survival = """
        with observed as ({observed}),
        times as (select business, span, sum(ended::int) as ends, count(*) as n from observed group by all),
        risks as (select *, sum(n) over (partition by business order by span desc) as at_risk from times),
        curve as (select business, span, product(1 - ends / at_risk) over (partition by business order by span) as s
                  from risks)
        select business, min(span) filter (where s <= 0.5 + 1e-12) as value from curve group by business"""
    queries = {
        "created": f"""
            with weeks as (select business, floor(created / 7)::int as week, count(*) as n from entries group by all),
            spans as (select business, least(floor(max(created) / 7)::int + 1, {WEEKS}) as weeks
                      from entries group by all)
            select business, sum(n * 0.5 ** (week / {HALF_LIFE}))
                / any_value((1 - 0.5 ** (weeks / {HALF_LIFE})) / (1 - 0.5 ** (1 / {HALF_LIFE}))) as value
            from weeks join spans using (business) where week < {WEEKS} group by business""",
        "completion": f"select business, ({filled}) / {len(TEXTS)} as value from entries group by business",
        "campaigns": "select business, avg((campaign >= 0)::int) as value from entries group by business",
        "funnel": """
            with parts as (select business, stage, count(*) as n from entries where stage >= 0 group by all),
            shares as (select business, n / sum(n) over (partition by business) as share from parts)
            select business, -sum(share * ln(share)) / ln(3) as value from shares group by business""",
        "channels": """
            with parts as (select business, channel, count(*) as n from channels group by all),
            shares as (select business, n / sum(n) over (partition by business) as share from parts)
            select business, sum(share * share) as value from shares group by business""",
        "reviews": f"""
            select business, avg((status = 6)::int) as value from entries
            where status >= 5 and publish > {REVIEW} group by business""",
        "flow": survival.format(
            observed=f"""
            select business, ago - coalesce(lead(ago) over (partition by entry order by ago desc), 0) as span,
                   lead(ago) over (partition by entry order by ago desc) is not null as ended, reached
            from steps qualify reached = {PRODUCTION}"""
        ),
        "overlap": """
            with targets as (select business, keyword, intent, count(*) as n from entries
                             where keyword >= 0 group by all)
            select business, sum(n) filter (where n > 1) / sum(n) as value from targets group by business""",
        "publication": survival.format(
            observed="""
            select business, created - coalesce(if(status >= 5, publish, 0), 0) as span, status >= 5 as ended
            from entries"""
        ),
    }

    def run() -> Numbers:
        found = {}
        for name, query in queries.items():
            answer = database.execute(query).fetchnumpy()
            found[name] = _placed(answer["business"], np.ma.filled(answer["value"], np.nan), businesses)
        return found

    return run


def pandas_engine(given: dict[str, Any], businesses: int) -> Callable[[], Numbers]:
    """Group-bys, and the curve by cumulative products within groups."""
    import pandas as pd

    entries, steps, channels = (pd.DataFrame(given[name]) for name in ("entries", "steps", "channels"))

    def median(business: Any, span: Any, ended: Any) -> Any:
        frame = pd.DataFrame({"business": business, "span": span, "ended": ended})
        times = frame.groupby(["business", "span"])["ended"].agg(["sum", "size"]).reset_index()
        times["at_risk"] = times["size"][::-1].groupby(times["business"]).cumsum()
        times["s"] = (1 - times["sum"] / times["at_risk"]).groupby(times["business"]).cumprod()
        return times[times["s"] <= 0.5 + 1e-12].groupby("business")["span"].min()

    def shares(frame: Any, by: str) -> Any:
        counts = frame.groupby(["business", by]).size()
        return counts / counts.groupby("business").transform("sum")

    def run() -> Numbers:
        week = (entries["created"] // 7).astype(int)
        kept = np.minimum(week.groupby(entries["business"]).max() + 1, WEEKS)
        weight = (0.5 ** (week / HALF_LIFE)).where(week < WEEKS, 0.0).groupby(entries["business"]).sum()
        funnel = shares(entries[entries["stage"] >= 0], "stage")
        due = entries[(entries["status"] >= 5) & (entries["publish"] > REVIEW)]
        ordered = steps.sort_values(["entry", "ago"], ascending=[True, False])
        until = ordered.groupby("entry")["ago"].shift(-1)
        here = ordered["reached"] == PRODUCTION
        targets = entries[entries["keyword"] >= 0].groupby(["business", "keyword", "intent"]).size()
        out = entries["status"] >= 5
        found = {
            "created": weight * (1 - 0.5 ** (1 / HALF_LIFE)) / (1 - 0.5 ** (kept / HALF_LIFE)),
            "completion": entries.groupby("business")[list(TEXTS)].mean().mean(axis=1),
            "campaigns": (entries["campaign"] >= 0).groupby(entries["business"]).mean(),
            "funnel": -(funnel * np.log(funnel)).groupby("business").sum() / np.log(3),
            "channels": (shares(channels, "channel") ** 2).groupby("business").sum(),
            "reviews": (due["status"] == 6).groupby(due["business"]).mean(),
            "flow": median(ordered["business"][here], (ordered["ago"] - until.fillna(0))[here], until.notna()[here]),
            "overlap": targets.where(targets > 1, 0).groupby("business").sum() / targets.groupby("business").sum(),
            "publication": median(entries["business"], entries["created"] - entries["publish"].where(out, 0), out),
        }
        return {name: _placed(each.index.to_numpy(), each.to_numpy(), businesses) for name, each in found.items()}

    return run


def polars_engine(given: dict[str, Any], businesses: int) -> Callable[[], Numbers]:
    """Lazy frames, all nine collected together."""
    import polars as pl

    entries, steps, channels = (pl.DataFrame(given[name]).lazy() for name in ("entries", "steps", "channels"))
    column = pl.col

    def median(observed: Any) -> Any:
        times = observed.group_by("business", "span").agg(column("ended").sum().alias("ends"), pl.len().alias("n"))
        risk = column("n").cum_sum(reverse=True).over("business", order_by="span")
        share = (1 - column("ends") / column("at_risk")).cum_prod().over("business", order_by="span")
        curve = times.sort("business", "span").with_columns(at_risk=risk).with_columns(s=share)
        return curve.filter(column("s") <= 0.5 + 1e-12).group_by("business").agg(value=column("span").min())

    def shares(frame: Any, by: str) -> Any:
        counts = frame.group_by("business", by).agg(pl.len().alias("n"))
        return counts.with_columns(share=column("n") / column("n").sum().over("business"))

    week = (column("created") // 7).cast(pl.Int64)
    kept = pl.min_horizontal(week.max() + 1, WEEKS)
    scale = (1 - 0.5 ** (1 / HALF_LIFE)) / (1 - pl.lit(0.5) ** (kept / HALF_LIFE))
    out = column("status") >= 5
    until = column("ago").shift(-1).over("entry", order_by="ago", descending=True)
    stays = steps.with_columns(until=until).filter(column("reached") == PRODUCTION)
    targets = entries.filter(column("keyword") >= 0).group_by("business", "keyword", "intent").agg(pl.len().alias("n"))
    several = column("n").filter(column("n") > 1).sum()
    lazy = {
        "created": entries.group_by("business").agg(
            value=(pl.lit(0.5) ** (week.filter(week < WEEKS) / HALF_LIFE)).sum() * scale
        ),
        "completion": entries.group_by("business").agg(
            value=pl.sum_horizontal(column(name).mean() for name in TEXTS) / len(TEXTS)
        ),
        "campaigns": entries.group_by("business").agg(value=(column("campaign") >= 0).mean()),
        "funnel": shares(entries.filter(column("stage") >= 0), "stage")
        .group_by("business")
        .agg(value=-(column("share") * column("share").log()).sum() / np.log(3)),
        "channels": shares(channels, "channel").group_by("business").agg(value=(column("share") ** 2).sum()),
        "reviews": entries.filter(out & (column("publish") > REVIEW))
        .group_by("business")
        .agg(value=(column("status") == 6).mean()),
        "flow": median(
            stays.select(
                "business",
                (column("ago") - column("until").fill_null(0)).alias("span"),
                ended=column("until").is_not_null(),
            )
        ),
        "overlap": targets.group_by("business").agg(value=several / column("n").sum()),
        "publication": median(
            entries.select(
                "business",
                (column("created") - pl.when(out).then(column("publish")).otherwise(0)).alias("span"),
                ended=out,
            )
        ),
    }

    def run() -> Numbers:
        answers = pl.collect_all(lazy.values())
        found = zip(lazy, answers, strict=True)
        return {
            name: _placed(each["business"].to_numpy(), each["value"].to_numpy(), businesses) for name, each in found
        }

    return run


ENGINES = {"duckdb": duckdb_engine, "polars": polars_engine, "pandas": pandas_engine}


def _placed(business: Any, value: Any, businesses: int) -> np.ndarray[Any, Any]:
    found = np.full(businesses, np.nan)
    found[np.asarray(business, dtype=int)] = value
    return found
