"""The exercises that Refleqt brings along: what each is good for, and the steps of whoever leads it tomorrow."""

from collections.abc import Mapping
from datetime import datetime

import attrs


@attrs.frozen(kw_only=True)
class Exercise:
    """A type of activity as a person chooses it.

    ``feeds`` names the kinds of findings that it is held for; empty where nobody has said. ``is_own`` is one that the
    business made for itself.
    """

    slug: str
    name: str
    purpose: str
    feeds: tuple[str, ...] = ()
    minutes: int | None = None
    guide: tuple[str, ...] = ()
    is_own: bool = False
    archived_at: datetime | None = None


_EXERCISES = (
    Exercise(
        slug="brand_voice_brawl",
        name="Brand Voice Brawl",
        purpose="How you want to sound, and where the team pulls in different directions.",
        feeds=("brand_voice", "alignment_gap"),
        minutes=60,
        guide=(
            "Before: ask everybody to bring one sentence that sounds like you at your best, and one that never should."
            " Pin both lists to a wall, without names.",
            "Read all sentences aloud, slowly. Nobody comments yet (5 minutes).",
            "Fight: two sentences at a time. Each side gets one minute to say why its sentence is you. A show of hands"
            " decides, the loser leaves the wall (25 minutes).",
            "Of the last two, write down every word that somebody would change, and by which other word (10 minutes).",
            "Write three rules as 'we say …, never …', each with the sentence that proves it (10 minutes).",
            "Ask who disagrees with a rule, and write the disagreement down with the name. It is worth as much as the"
            " rules (10 minutes).",
        ),
    ),
    Exercise(
        slug="competitor_roast",
        name="Competitor Roast",
        purpose="Whom you are compared with, what they do better, and what customers say about them.",
        feeds=("competitor_mention", "customer_insight"),
        minutes=45,
        guide=(
            "Before: choose three competitors. Ask everybody for one page, mail or advertisement of each.",
            "Show one page. First round: what is good about it? Nobody may say a bad word (3 minutes each).",
            "Second round: roast it. What would a customer not believe? What is missing (5 minutes each)?",
            "Sales and support tell what customers really said when they named this competitor, word by word if they"
            " can (10 minutes).",
            "For each competitor finish the sentence 'They win when …, we win when …'. Name the competitor every time,"
            " so that notes and recording can be read later (10 minutes).",
            "Choose the one thing of theirs that you should learn from, and who looks into it (5 minutes).",
        ),
    ),
    Exercise(
        slug="customer_story_swap",
        name="Customer Story Swap",
        purpose="What customers need, in their own words, from those who talk to them.",
        feeds=("customer_insight", "signal"),
        minutes=50,
        guide=(
            "Before: ask everybody to bring one true story of one customer, with a name and a day. Those who never"
            " meet customers listen to a recorded call first.",
            "Tell in pairs, three minutes each: what happened just before they came to us? What did they say?",
            "Now each tells the story of the other one. Whatever was lost on the way, the owner adds (15 minutes).",
            "Write the customers' own words on cards, one sentence a card, with who said it (10 minutes).",
            "Put alike cards together and give each heap a title that a customer would use (10 minutes).",
            "Which heap surprised you? Write down one thing to find out, and whom you will ask (5 minutes).",
        ),
    ),
    Exercise(
        slug="rant_round",
        name="Rant Round",
        purpose="What stands in the way, said plainly, and what somebody should do about it.",
        feeds=("signal", "alignment_gap", "emotional_charge"),
        minutes=30,
        guide=(
            "Say the rules: two minutes each, no answers, no defence, what is said stays in this round and in its"
            " notes. You go first, with a real one.",
            "Go round. Whoever has nothing says 'pass' and is asked again at the end (15 minutes).",
            "Second round: what did you hear that you feel too? One sentence each (5 minutes).",
            "Write down what was said twice or more, in the words that were used.",
            "For each of these: can somebody in this room change it? Then who, and by when? If not, who can"
            " (8 minutes)?",
            "Thank everybody, and do not let the round become a discussion: that is another day.",
        ),
    ),
    Exercise(
        slug="roadmap_vs_reality",
        name="Roadmap vs. Reality",
        purpose="Where what you promise and what you do have come apart, and who sees it differently.",
        feeds=("alignment_gap", "signal"),
        minutes=60,
        guide=(
            "Before: print the plan of the last quarter and the next one, and the last ten things you told customers.",
            "Everybody alone: mark each line green (true), yellow (half true) or red (not true). No talking"
            " (10 minutes).",
            "Lay the sheets side by side. Speak only about the lines with different colours, the widest apart first."
            " Whoever marked it says why, with an example (25 minutes).",
            "For each such line write both views, with the names. Do not look for a compromise yet.",
            "What did we promise that nobody builds? What do we build that nobody tells (10 minutes)?",
            "Choose three lines: change the plan, change the promise, or say when you will know (10 minutes).",
        ),
    ),
    Exercise(
        slug="win_loss_autopsy",
        name="Win–Loss Autopsy",
        purpose="Why customers chose you or somebody else, from deals that are over.",
        feeds=("customer_insight", "competitor_mention", "signal"),
        minutes=60,
        guide=(
            "Before: choose five deals that were won and five that were lost, none older than half a year. Bring the"
            " last mail of each.",
            "For each deal, whoever led it answers in two minutes: what did they see of us first, and what last before"
            " they decided? Who else was on the list (30 minutes)?",
            "The others guess the reason before it is told, and write the guess down.",
            "Put the ten reasons on the table. Which stands on both sides (10 minutes)?",
            "Write down what you would have to see to change your mind on each reason (10 minutes).",
            "End with three hypotheses to test, not three beliefs, and who tests each (5 minutes).",
        ),
    ),
    Exercise(
        slug="objection_court",
        name="Objection Court",
        purpose="What customers doubt, how you answer, and which answers hold.",
        feeds=("customer_insight", "competitor_mention"),
        minutes=45,
        guide=(
            "Before: collect the ten objections that were heard most often, in the customers' words.",
            "Draw one. One person is the customer and means it, one defends, the rest are the jury (4 minutes each).",
            "The jury asks one question, then votes: convinced, or not. Nobody votes to be kind.",
            "Write down the answer that won, and the evidence it used. An answer without evidence goes on the list of"
            " what to find out.",
            "After six rounds: which objection do we never answer in anything we publish (8 minutes)?",
            "Give the two best answers to whoever writes next (2 minutes).",
        ),
    ),
    Exercise(
        slug="ideal_customer_draw",
        name="Draw the Customer",
        purpose="Whether the team means the same person when it says 'customer'.",
        feeds=("alignment_gap", "customer_insight"),
        minutes=40,
        guide=(
            "Give everybody a sheet with five lines: who are they, what is their day like, what do they fear, what did"
            " they try before, who has to say yes.",
            "Fill it in alone, in silence, for the customer you think of most (10 minutes).",
            "Each reads theirs. Nobody answers. You note where two sheets do not go together (10 minutes).",
            "Take the widest difference. Both give one real customer as evidence (10 minutes).",
            "Decide: one customer, or two with different messages? If you cannot, write down what would settle it"
            " (8 minutes).",
            "Keep the sheets as files of this activity.",
        ),
    ),
    Exercise(
        slug="five_second_test",
        name="Five-Second Test",
        purpose="What people take away from what you publish, before they have time to be polite.",
        feeds=("brand_voice", "customer_insight"),
        minutes=30,
        guide=(
            "Before: choose five things you published, and invite two people who have not seen them.",
            "Show the first for five seconds, then hide it. Everybody writes: what is it, who is it for, what should I"
            " do now?",
            "Read the answers aloud before anybody explains (3 minutes each).",
            "Mark what was understood by all, by some, and by nobody.",
            "Whoever made it says what was meant. Write both down, side by side (10 minutes).",
            "Choose one of the five to change, and what you want the answers to be next time (5 minutes).",
        ),
    ),
    Exercise(
        slug="campaign_post_mortem",
        name="Campaign Post-Mortem",
        purpose="What a finished campaign taught you, while it is still remembered.",
        feeds=("signal", "customer_insight", "alignment_gap"),
        minutes=60,
        guide=(
            "Before: print what was planned, what it cost, and what came of it. One page.",
            "Everybody alone: what did you expect, and what surprised you? One card each (5 minutes).",
            "Tell the campaign from the first idea to the last number, in order of time, without blame. Whoever was"
            " there speaks (20 minutes).",
            "At each turn ask: what did we know then, and what did we only believe (15 minutes)?",
            "Write three lessons as 'when …, then …, because …'. A lesson without a because is an opinion"
            " (10 minutes).",
            "Say what you would do again, and what would have to be true for it (5 minutes).",
        ),
    ),
    Exercise(
        slug="premortem",
        name="Premortem",
        purpose="What could go wrong with a plan, said before it is too late to say it.",
        feeds=("signal", "alignment_gap"),
        minutes=40,
        guide=(
            "Tell the plan in two minutes. Then say: it is half a year later, and it has failed completely.",
            "Everybody alone writes the story of how that came about (7 minutes).",
            "Each reads one reason at a time, in turn, until none is left. No discussion (10 minutes).",
            "Vote with three dots each: which is most likely, and which would hurt most (3 minutes)?",
            "For the first three: what would be the earliest sign, and who looks for it (15 minutes)?",
            "Change the plan now, in the room, where a change is cheap (5 minutes).",
        ),
    ),
    Exercise(
        slug="headline_battle",
        name="Headline Battle",
        purpose="Which promise is clearest, and in whose words.",
        feeds=("brand_voice", "theme"),
        minutes=30,
        guide=(
            "Choose one offer and one reader. Say who it is in one sentence, and write it where all can see it.",
            "Everybody writes ten headlines. The first five are always bad, so do not stop there (8 minutes).",
            "Each keeps two. Put them up without names (2 minutes).",
            "Read each aloud as the reader would: what would they think, and what would they do (10 minutes)?",
            "Vote. For the first two, say which word does the work, and what it claims (5 minutes).",
            "Can you prove the claim? If not, write down what you would need (5 minutes).",
        ),
    ),
    Exercise(
        slug="discussion",
        name="Discussion",
        purpose="A talk that was recorded or transcribed, with no exercise behind it.",
        guide=(
            "Ask everybody whether the talk may be recorded, and say what is done with it.",
            "Name yourself before you speak the first time, so that a transcript can tell who said what.",
            "Say the question of the day in one sentence, and come back to it at half time.",
            "End with what was decided, what was not, and who sees it differently.",
        ),
    ),
    Exercise(
        slug="conversation",
        name="Conversation",
        purpose="A written exchange of the team, brought in from a chat.",
        guide=(
            "Ask those who wrote it before you bring it in; a private channel needs the consent of all in it.",
            "Bring in the channels where work is talked about, and leave the others out.",
        ),
    ),
)

BUILT_IN: Mapping[str, Exercise] = {each.slug: each for each in _EXERCISES}
"""By slug, in the order in which they are shown."""

TALKS = frozenset({"discussion", "conversation"})
"""What is brought in and not held: it is never recommended, and says nothing of what a team prefers."""
