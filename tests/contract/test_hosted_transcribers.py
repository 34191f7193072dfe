"""What only a transcriber behind a network has to show, over both of them against servers on loopback."""

import gc
import io
import logging
import time
import traceback
import wave
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray
from speech_servers import (
    SAID,
    DeepgramServer,
    Reply,
    SpeechServer,
    WhisperServer,
    listened,
    running,
    spoken,
    utterance,
    verbose,
    verbose_json,
    word,
)

from refleqt_adapters.asking_again import Patience
from refleqt_core.errors import InvalidInput, MissingDependency, NotAllowed, Unavailable
from refleqt_core.ports import Transcriber, Transcript

PRICE = Path(__file__).parent / "recordings" / "price.wav"
RATE = 16_000
KEY = "sk-hunter2-hunter2"


@attrs.frozen(kw_only=True)
class Service:
    """A transcriber whose service runs here, with the waits that it would have made."""

    server: Any
    make: Callable[..., Transcriber]
    waits: list[float]

    def hear(self, sound: bytes | None = None, **options: Any) -> Transcript:
        return self.make(**options).transcribe(io.BytesIO(sound or PRICE.read_bytes()), "audio/wav")

    def plan(self, *replies: Reply) -> None:
        self.server.replies.extend(replies)

    @property
    def asked(self) -> int:
        return len(self.server.requests)


def hosted_whisper(server: SpeechServer, patience: Patience, **options: Any) -> Transcriber:
    from refleqt_adapters.transcriber.litellm import LiteLLMTranscriber

    return LiteLLMTranscriber(**{"api_base": f"{server.url}/v1", "api_key": KEY, "patience": patience} | options)


def deepgram(server: SpeechServer, patience: Patience, **options: Any) -> Transcriber:
    from refleqt_adapters.transcriber.deepgram import DeepgramTranscriber

    return DeepgramTranscriber(**{"api_base": server.url, "api_key": KEY, "patience": patience} | options)


def service(server: SpeechServer, make: Callable[..., Transcriber]) -> Iterator[Service]:
    waits: list[float] = []
    patience = Patience(sleep=waits.append, chance=lambda: 0.0)
    with running(server):
        yield Service(server=server, make=partial(make, server, patience), waits=waits)


@pytest.fixture
def whisper() -> Iterator[Service]:
    if find_spec("litellm") is None:
        pytest.skip("litellm is not installed (pip install 'refleqt[hosted]')")
    yield from service(WhisperServer(), hosted_whisper)


@pytest.fixture
def nova() -> Iterator[Service]:
    if find_spec("httpx") is None:
        pytest.skip("httpx is not installed (pip install 'refleqt[hosted]')")
    yield from service(DeepgramServer(), deepgram)


@pytest.fixture(params=["whisper", "nova"])
def hosted(request: pytest.FixtureRequest) -> Service:
    made: Service = request.getfixturevalue(request.param)
    return made


def price() -> NDArray[np.int16]:
    with wave.open(str(PRICE)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def wav(samples: NDArray[np.int16]) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(samples.tobytes())
    return file.getvalue()


def apart(seconds: float, times: int = 2) -> bytes:
    """The price said so many times, with as much silence in between."""
    pause = np.zeros(int(seconds * RATE), np.int16)
    return wav(np.concatenate([part for _ in range(times) for part in (price(), pause)]))


def failure(status: int, **headers: str) -> Reply:
    said = {"error": {"message": f"planned for {KEY}", "type": "planned"}, "err_msg": f"planned for {KEY}"}
    return Reply(status=status, body=said, headers={name.replace("_", "-"): value for name, value in headers.items()})


class TestEveryService:
    def test_only_speech_is_sent(self, hosted: Service) -> None:
        hosted.hear(apart(5))
        assert hosted.server.requests[0].seconds == pytest.approx(2 * 2.69 + 0.5, abs=0.6)

    def test_a_recording_without_speech_is_not_sent_at_all(self, hosted: Service) -> None:
        assert hosted.hear(wav(np.zeros(5 * RATE, np.int16))).cost_micros == 0
        assert hosted.asked == 0

    def test_a_file_that_is_no_recording_is_not_sent_at_all(self, hosted: Service) -> None:
        with pytest.raises(InvalidInput):
            hosted.hear(b"RIFF\x00")
        assert hosted.asked == 0

    def test_what_was_said_after_a_long_pause_is_where_it_was_said(self, hosted: Service) -> None:
        first, second = hosted.hear(apart(5)).segments
        assert second.start - first.start == pytest.approx(7.69, abs=0.05)

    def test_the_key_stands_in_the_header_alone(self, hosted: Service) -> None:
        hosted.hear()
        request = hosted.server.requests[0]
        assert request.headers["authorization"] in (f"Bearer {KEY}", f"Token {KEY}")
        assert KEY not in f"{request.path}{request.query}{request.fields}"

    def test_a_language_that_is_set_is_asked_for_and_told(self, hosted: Service) -> None:
        heard = hosted.hear(language="de")
        request = hosted.server.requests[0]
        assert (heard.language, (request.fields | request.query)["language"]) == ("de", "de")
        assert "detect_language" not in request.query

    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
    def test_a_service_in_trouble_is_asked_again(self, hosted: Service, status: int) -> None:
        hosted.plan(failure(status), failure(status))
        assert (hosted.hear().text, hosted.asked) == (SAID, 3)

    def test_what_is_sent_again_is_sent_whole(self, hosted: Service) -> None:
        hosted.plan(failure(503))
        hosted.hear()
        first, second = hosted.server.requests
        assert first.sound == second.sound

    def test_each_wait_is_twice_the_one_before(self, hosted: Service) -> None:
        hosted.plan(*[failure(503)] * 3)
        hosted.hear()
        assert hosted.waits == [1.0, 2.0, 4.0]

    def test_a_wait_that_the_service_asks_for_is_kept(self, hosted: Service) -> None:
        hosted.plan(failure(429, Retry_After="7"), failure(503, Retry_After="11"))
        hosted.hear()
        assert hosted.waits == [7.0, 11.0]

    def test_a_service_that_asks_for_an_hour_is_not_waited_for(self, hosted: Service) -> None:
        hosted.plan(failure(429, Retry_After="3600"))
        with pytest.raises(Unavailable):
            hosted.hear()
        assert (hosted.asked, hosted.waits) == (1, [])

    def test_a_service_that_stays_in_trouble_is_unavailable(self, hosted: Service) -> None:
        hosted.plan(*[failure(500)] * 5)
        with pytest.raises(Unavailable, match="planned"):
            hosted.hear()
        assert (hosted.asked, len(hosted.waits)) == (5, 4)

    @pytest.mark.parametrize(
        ("status", "meaning", "remedy"),
        [
            (400, InvalidInput, "REFLEQT_TRANSCRIBER_MODEL"),
            (401, NotAllowed, "REFLEQT_TRANSCRIBER_API_KEY"),
            (402, NotAllowed, "account"),
            (403, NotAllowed, "REFLEQT_TRANSCRIBER_API_KEY"),
            (404, InvalidInput, "REFLEQT_TRANSCRIBER_API_BASE"),
            (413, InvalidInput, "REFLEQT_TRANSCRIBER_MODEL"),
        ],
    )
    def test_what_asking_again_would_not_mend_is_said_at_once(
        self, hosted: Service, status: int, meaning: type[Exception], remedy: str
    ) -> None:
        hosted.plan(failure(status))
        with pytest.raises(meaning, match=remedy):
            hosted.hear()
        assert (hosted.asked, hosted.waits) == (1, [])

    def test_a_connection_that_is_dropped_is_made_anew(self, hosted: Service) -> None:
        hosted.plan(Reply(drops=True), Reply(drops_within=True, body={"text": "half an ans"}))
        assert (hosted.hear().text, hosted.asked) == (SAID, 3)

    def test_a_service_that_is_silent_for_too_long_is_asked_again(self, hosted: Service) -> None:
        hosted.plan(Reply(sleeps=0.4, body={}))
        assert (hosted.hear(time_out=0.2).text, hosted.asked) == (SAID, 2)

    def test_a_service_that_is_not_there_is_unavailable(self, hosted: Service) -> None:
        with pytest.raises(Unavailable):
            hosted.hear(api_base="http://127.0.0.1:9")
        assert len(hosted.waits) == 4

    @pytest.mark.parametrize("body", [b'{"text": "we sho', b"<html>busy</html>", b"", b'{"text": 7}', b"[]"])
    def test_an_answer_that_is_none_is_asked_for_again(self, hosted: Service, body: bytes) -> None:
        hosted.plan(Reply(body=body))
        assert (hosted.hear().text, hosted.asked) == (SAID, 2)

    @pytest.mark.parametrize("status", [400, 401, 429, 500])
    def test_the_key_is_in_no_error_and_no_log(
        self,
        hosted: Service,
        status: int,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        hosted.plan(*[failure(status)] * 5)
        with caplog.at_level(logging.INFO), pytest.raises(Exception, match="planned for") as caught:
            hosted.hear()
        told = "".join(traceback.format_exception(caught.value))
        assert KEY not in told + caplog.text + "".join(capfd.readouterr())

    def test_long_complaints_are_cut(self, hosted: Service) -> None:
        hosted.plan(Reply(status=400, body=b"no " * 10_000))
        with pytest.raises(InvalidInput) as caught:
            hosted.hear()
        assert len(str(caught.value)) < 1000

    def test_words_placed_where_nobody_speaks_are_left_out(self, hosted: Service) -> None:
        segments = [verbose(0.1, 2.4, SAID), verbose(30.0, 32.0, " Thanks for watching!")]
        utterances = [utterance(0.1, 2.4, SAID), utterance(30.0, 32.0, "Thanks for watching!")]
        answers = verbose_json(segments, seconds=2.7) | listened(utterances)
        hosted.plan(Reply(body=answers))
        assert hosted.hear().text == SAID

    @pytest.mark.parametrize("text", ["  two\n lines\t of it ", "nul\x00 and \x1b[31mred", "half \ud83d of a smile"])
    def test_what_no_text_may_hold_is_taken_out_of_the_answer(self, hosted: Service, text: str) -> None:
        answers = verbose_json([verbose(0.1, 2.4, text)], seconds=2.7) | listened([spoken([word(text, 0.1, 2.4)])])
        hosted.plan(Reply(body=answers))
        heard = hosted.hear().text
        assert heard.encode() and not any(ord(letter) < 32 for letter in heard) and heard == " ".join(heard.split())

    def test_nothing_is_left_open(self, hosted: Service, recwarn: pytest.WarningsRecorder) -> None:
        hosted.plan(failure(500))
        hosted.hear()
        gc.collect()
        assert [str(each.message) for each in recwarn if issubclass(each.category, ResourceWarning)] == []


class TestHostedWhisper:
    def test_segments_with_times_are_asked_for(self, whisper: Service) -> None:
        whisper.hear()
        wanted = {"model": "whisper-1", "response_format": "verbose_json", "timestamp_granularities[]": "segment"}
        assert whisper.server.requests[0].fields.items() >= wanted.items()

    def test_the_sound_has_a_name_that_says_nothing(self, whisper: Service) -> None:
        whisper.hear()
        assert whisper.server.requests[0].sound.startswith(b"RIFF")

    def test_long_speech_is_sent_in_parts_and_put_together(
        self, whisper: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("refleqt_adapters.transcriber.litellm.PART_SECONDS", 8.0)
        heard = whisper.hear(apart(5, times=5))
        assert whisper.asked == 3 and all(request.seconds <= 8 for request in whisper.server.requests)
        gaps = np.diff([segment.start for segment in heard.segments])
        assert gaps == pytest.approx([7.69] * 4, abs=0.05)

    def test_ten_minutes_of_speech_are_less_than_a_service_takes(self) -> None:
        from refleqt_adapters.transcriber.litellm import PART_SECONDS

        assert PART_SECONDS * RATE * 2 < 25e6

    def test_a_service_that_drips_is_asked_again(self, whisper: Service) -> None:
        whisper.plan(Reply(drips=4.0, body={}))
        began = time.monotonic()
        assert (whisper.hear(time_out=0.5, slack=0.3).text, whisper.asked) == (SAID, 2)
        assert time.monotonic() - began < 3.5

    def test_the_cost_is_that_of_all_parts(self, whisper: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        alone = whisper.hear().cost_micros
        monkeypatch.setattr("refleqt_adapters.transcriber.litellm.PART_SECONDS", 3.0)
        both = whisper.hear(apart(5)).cost_micros
        assert alone and both == pytest.approx(2 * alone, rel=0.2)

    def test_a_model_without_a_price_has_an_unknown_cost(self, whisper: Service) -> None:
        assert whisper.hear(model="openai/own-whisper").cost_micros is None

    @pytest.mark.parametrize(
        ("named", "code"), [("english", "en"), ("German", "de"), ("pt", "pt"), ("en-GB", "en"), ("Klingon", "und")]
    )
    def test_the_language_is_told_by_its_code(self, whisper: Service, named: str, code: str) -> None:
        whisper.plan(Reply(body=verbose_json([verbose(0, 2, "x")], seconds=2.7, language=named)))
        assert whisper.hear().language == code

    def test_confidence_is_the_mean_probability_of_a_token_less_that_of_silence(self, whisper: Service) -> None:
        segment = verbose(0, 2, "so", avg_logprob=np.log(0.5), no_speech_prob=0.2)
        whisper.plan(Reply(body=verbose_json([segment], seconds=2.7)))
        assert whisper.hear().segments[0].confidence == pytest.approx(0.4)

    def test_a_server_that_tells_no_probabilities_gives_no_confidence(self, whisper: Service) -> None:
        segment = {"start": 0.0, "end": 2.0, "text": "so", "avg_logprob": None}
        whisper.plan(Reply(body=verbose_json([segment], seconds=2.7)))
        assert whisper.hear().segments[0].confidence is None

    @pytest.mark.parametrize(
        "sign",
        [{"compression_ratio": 2.5}, {"avg_logprob": -1.2, "no_speech_prob": 0.7}],
        ids=["goes round in circles", "guesses at silence"],
    )
    def test_what_was_invented_is_left_out(self, whisper: Service, sign: dict[str, float]) -> None:
        segments = [verbose(0, 1, "Said."), verbose(1, 2, "Invented.", **sign)]
        whisper.plan(Reply(body=verbose_json(segments, seconds=2.7)))
        assert whisper.hear().text == "Said."

    def test_a_loop_is_cut_after_its_second_round(self, whisper: Service) -> None:
        segments = [verbose(i / 10, (i + 1) / 10, "So it is.") for i in range(20)]
        whisper.plan(Reply(body=verbose_json([*segments, verbose(2, 2.3, "Yes.")], seconds=2.7)))
        assert whisper.hear().text == "So it is. So it is. Yes."

    def test_a_model_that_gives_no_times_is_refused_with_the_remedy(self, whisper: Service) -> None:
        whisper.plan(Reply(body={"text": "we should raise the price"}))
        with pytest.raises(InvalidInput, match="openai/whisper-1"):
            whisper.hear()
        assert whisper.asked == 1

    def test_an_account_that_is_empty_is_not_taken_for_a_busy_service(self, whisper: Service) -> None:
        error = {"message": "You exceeded your current quota", "type": "insufficient_quota"}
        whisper.plan(Reply(status=429, body={"error": error | {"code": "insufficient_quota"}}))
        with pytest.raises(NotAllowed, match="account"):
            whisper.hear()
        assert whisper.asked == 1

    def test_a_server_without_a_key_does_not_get_the_one_in_the_environment(
        self, whisper: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        whisper.hear(api_key=None)
        assert KEY not in str(whisper.server.requests[0].headers)

    def test_without_the_package_the_remedy_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from refleqt_adapters.transcriber import litellm

        monkeypatch.setattr(litellm, "find_spec", lambda _name: None)
        with pytest.raises(MissingDependency, match=r"refleqt\[hosted\]"):
            litellm.LiteLLMTranscriber()


class TestDeepgram:
    def test_speakers_punctuation_and_utterances_are_asked_for_and_no_learning(self, nova: Service) -> None:
        nova.hear()
        wanted = dict.fromkeys(("smart_format", "punctuate", "diarize", "utterances", "mip_opt_out"), "true")
        assert nova.server.requests[0].path == "/v1/listen"
        assert nova.server.requests[0].query.items() >= (wanted | {"model": "nova-3"}).items()

    def test_the_length_of_what_is_sent_stands_before_it(self, nova: Service) -> None:
        nova.hear()
        request = nova.server.requests[0]
        assert (request.headers["content-type"], int(request.headers["content-length"])) == (
            "audio/wav",
            len(request.sound),
        )

    def test_speakers_are_kept(self, nova: Service) -> None:
        turns = [utterance(0.1, 1.0, "Raise it?", 0), utterance(1.0, 1.8, "Why not.", 1), utterance(1.8, 2.4, "OK.", 0)]
        nova.plan(Reply(body=listened(turns)))
        heard = [(segment.speaker, segment.text) for segment in nova.hear().segments]
        assert heard == [("Speaker 1", "Raise it?"), ("Speaker 2", "Why not."), ("Speaker 1", "OK.")]

    def test_speakers_of_two_parts_are_not_taken_for_the_same(
        self, nova: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("refleqt_adapters.transcriber.deepgram.PART_SECONDS", 3.0)
        nova.plan(Reply(body=listened([utterance(0.1, 1.0, "Yes.", 0), utterance(1.0, 2.0, "No.", 1)])))
        assert [each.speaker for each in nova.hear(apart(2)).segments] == ["Speaker 1", "Speaker 2", "Speaker 3"]

    def test_an_utterance_without_a_speaker_has_none(self, nova: Service) -> None:
        nova.plan(Reply(body=listened([utterance(0.1, 1.0, "Yes.") | {"speaker": None}])))
        assert nova.hear().segments[0].speaker is None

    def test_confidence_is_the_mean_of_the_words(self, nova: Service) -> None:
        words = [word("Raise", 0.1, 0.5, confidence=0.6), word("it.", 0.5, 0.9, confidence=0.9)]
        nova.plan(Reply(body=listened([spoken(words)])))
        assert nova.hear().segments[0].confidence == pytest.approx(0.75)

    def test_one_word_in_silence_is_left_out_of_its_utterance(self, nova: Service) -> None:
        words = [word("Raise", 0.1, 0.5), word("it.", 0.5, 0.9), word("Bye.", 9.0, 9.5)]
        nova.plan(Reply(body=listened([spoken(words)])))
        assert nova.hear().text == "Raise it."

    def test_an_utterance_over_a_long_pause_is_cut_there(self, nova: Service) -> None:
        nova.plan(Reply(body=listened([utterance(0.1, 5.6, "We should raise it and not talk of it")])))
        first, second = nova.hear(apart(5)).segments
        assert f"{first.text} {second.text}" == "We should raise it and not talk of it"
        assert first.end < 3 and second.start > 7

    def test_the_language_is_the_detected_one(self, nova: Service) -> None:
        nova.plan(Reply(body=listened([utterance(0.1, 1.0, "Ja.")], language="de-CH")))
        assert nova.hear().language == "de"

    def test_what_it_costs_is_not_known(self, nova: Service) -> None:
        assert nova.hear().cost_micros is None

    def test_a_service_elsewhere_does_not_get_the_key(self, nova: Service) -> None:
        with running(DeepgramServer()) as elsewhere:
            nova.plan(Reply(status=307, headers={"Location": f"{elsewhere.url}/v1/listen"}))
            with pytest.raises(InvalidInput, match="REFLEQT_TRANSCRIBER_API_BASE"):
                nova.hear()
            assert elsewhere.requests == []

    def test_an_answer_without_end_is_cut_off(self, nova: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("refleqt_adapters.transcriber.deepgram.LARGEST_ANSWER", 100)
        with pytest.raises(Unavailable, match="does not end"):
            nova.hear()

    def test_progress_does_not_go_back_when_a_part_is_sent_again(self, nova: Service) -> None:
        nova.plan(failure(503))
        told: list[float] = []
        nova.make().transcribe(
            io.BytesIO(apart(2, times=6)), "audio/wav", progress=lambda seconds, _of: told.append(seconds)
        )
        assert len(told) > 3 and told == sorted(told)

    def test_without_the_package_the_remedy_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from refleqt_adapters.transcriber import deepgram

        monkeypatch.setattr(deepgram, "find_spec", lambda _name: None)
        with pytest.raises(MissingDependency, match=r"refleqt\[hosted\]"):
            deepgram.DeepgramTranscriber(api_key=KEY)
