"""What a model in this process has to show beside the contract, with a tiny one that talks nonsense."""

import shutil
from dataclasses import dataclass

import numpy as np
import pytest
from language_models import local, needs_llama
from scipy.special import log_softmax
from tiny_gguf import CONTEXT, tiny_gguf

from refleqt_adapters.container import open_refleqt
from refleqt_adapters.llm.asking import again, messages
from refleqt_adapters.llm.chat_tokens import ChatTokens
from refleqt_adapters.settings import Settings
from refleqt_core.context.extraction import ExtractedContext, KnownNames, extraction_prompt
from refleqt_core.context.reading import read
from refleqt_core.errors import InvalidInput
from refleqt_core.outputs.wording import SuggestionWording
from refleqt_core.ports.llm import Document, Prompt, Unsatisfied

pytestmark = needs_llama


def about(text):
    return Prompt(task="read", instructions="Read.", documents=(Document(label="source", text=text),))


@dataclass(frozen=True)
class Large:
    """A number that the nonsense model never writes: it writes 0."""

    amount: int

    def __post_init__(self):
        if self.amount < 5:
            raise InvalidInput(f"amount is {self.amount}, which is less than 5")


@dataclass(frozen=True)
class Wide:
    """More than fits in a short answer."""

    one: str
    two: str
    three: str
    four: str
    five: str


def test_it_is_named_after_its_file_and_what_is_in_it(local_model, tiny_model, tmp_path):
    other = tiny_gguf(tmp_path / tiny_model.name, seed=1)
    name, hash = local_model.model.split("@")
    assert name == tiny_model.name and len(hash) == 8 and local(other).model != local_model.model


def test_a_copy_of_the_file_has_the_same_hash(local_model, tiny_model, tmp_path):
    copy = shutil.copy(tiny_model, tmp_path / "copy.gguf")
    assert local(copy).model.split("@")[1] == local_model.model.split("@")[1]


def test_it_costs_nothing(local_model):
    assert local_model.complete(about("Fine."), SuggestionWording).usage.cost_micros == 0


@pytest.mark.parametrize("mark", ["</s>", "<s>", "<|system|>", "<|assistant|>"])
def test_a_control_token_in_a_document_is_read_as_text(local_model, mark):
    def tokens(text):
        return local_model.complete(about(text), SuggestionWording).usage.tokens_in

    # Each letter group of the mark is a token of its own, where the control token would be one.
    assert tokens(mark * 40) - tokens("") >= 80


def test_what_a_model_may_not_write_is_asked_for_again_and_at_last_unsatisfied(local_model):
    with pytest.raises(Unsatisfied, match=r"3 attempts.*less than 5") as raised:
        local_model.complete(about("Fine."), Large)
    assert raised.value.usage.tokens_out >= 3


def test_an_answer_that_is_cut_is_unsatisfied(tiny_model):
    with pytest.raises(Unsatisfied, match="cut after 20 tokens") as raised:
        local(tiny_model, answer_tokens=20).complete(about("Fine."), Wide)
    assert raised.value.usage.tokens_out == 60


def test_a_prompt_that_does_not_fit_is_refused_with_how_long_it_may_be(local_model):
    with pytest.raises(InvalidInput, match=r"has \d+ tokens and may have 6144 .* REFLEQT_LLM_CONTEXT"):
        local_model.complete(about("many words " * 5000), SuggestionWording)


def test_scores_are_refused_for_a_prompt_that_does_not_fit(local_model):
    with pytest.raises(InvalidInput, match="tokens and may have"):
        local_model.score(about("many words " * 5000), ["a"])


def test_after_a_refusal_it_answers_as_before(local_model):
    before = local_model.complete(about("Fine."), SuggestionWording)
    with pytest.raises(InvalidInput):
        local_model.complete(about("many words " * 5000), SuggestionWording)
    assert local_model.complete(about("Fine."), SuggestionWording) == before


def test_more_context_than_the_model_was_trained_on_is_not_used(tiny_model):
    with pytest.raises(InvalidInput, match=f"room for {CONTEXT}"):
        local(tiny_model, context=2 * CONTEXT).complete(about("many words " * 9000), SuggestionWording)


def test_what_was_asked_before_is_not_in_a_score(local_model):
    prompt = about("Stock counts.")
    alone = local_model.score(prompt, ["product", "trial"])
    local_model.complete(about("Stock counts of another business."), SuggestionWording)
    assert local_model.score(prompt, ["product", "trial"]) == alone


def test_a_score_is_the_probability_of_writing_the_option_and_ending(local_model, tiny_model):
    from llama_cpp import Llama

    llama = Llama(str(tiny_model), n_ctx=2048, logits_all=True, verbose=False)
    prompt, option = about("Stock counts."), "sales offer"
    chat = messages(prompt, "Answer in a few words, and with nothing else.")
    asked = "<s>" + "".join(f"<|{each['role']}|>\n{each['content']}</s>\n" for each in chat) + "<|assistant|>\n"
    before = llama.tokenize(asked.encode(), add_bos=False, special=True)
    answer = [*llama.tokenize(option.encode(), add_bos=False), llama.token_eos()]
    llama.eval([*before, *answer])
    rows = log_softmax(np.array(llama.scores[len(before) - 1 : len(before) + len(answer) - 1]), axis=1)
    expected = sum(row[token] for row, token in zip(rows, answer, strict=True))
    assert local_model.score(prompt, [option]) == pytest.approx([expected], abs=0.05)


class TestFiles:
    """What is no model is said to be none, before llama.cpp can stumble over it."""

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(InvalidInput, match=r"cannot be read.*REFLEQT_LLM_PATH"):
            local(tmp_path / "none.gguf")

    def test_a_folder(self, tmp_path):
        with pytest.raises(InvalidInput, match=r"cannot be read.*REFLEQT_LLM_PATH"):
            local(tmp_path)

    @pytest.mark.parametrize("content", [b"", b"GG", b"PK\x03\x04 a zip"])
    def test_a_file_that_is_no_gguf(self, tmp_path, content):
        path = tmp_path / "model.gguf"
        path.write_bytes(content)
        with pytest.raises(InvalidInput, match="is no GGUF file"):
            local(path)

    @pytest.mark.parametrize("share", [0.001, 0.05, 0.5, 0.99])
    def test_a_download_that_broke_off(self, tiny_model, tmp_path, share):
        path = tmp_path / "model.gguf"
        whole = tiny_model.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InvalidInput, match="the file may be cut"):
            local(path)

    def test_an_adapter(self, tmp_path):
        import gguf

        path = tmp_path / "lora.gguf"
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_tensor("blk.0.attn_q.weight.lora_a", np.zeros((2, 4), np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        with pytest.raises(InvalidInput, match="an adapter and no model"):
            local(path)


class TestSettings:
    """The model as the container makes it."""

    def test_the_file_of_the_settings_answers(self, tiny_model):
        with open_refleqt(Settings.in_memory(llm="llama_cpp", llm_path=tiny_model, llm_threads=1)) as refleqt:
            assert read(refleqt.llm(), "The price of the product.", KnownNames()).usages[0].model.startswith("nonsense")

    def test_without_a_file_the_setting_is_named(self):
        with pytest.raises(ValueError, match="LLM_PATH"):
            Settings.in_memory(llm="llama_cpp")

    def test_the_context_is_that_of_the_settings(self, tiny_model):
        settings = Settings.in_memory(llm="llama_cpp", llm_path=tiny_model, llm_threads=1, llm_context=512)
        with open_refleqt(settings) as refleqt, pytest.raises(InvalidInput, match="room for 512"):
            refleqt.llm().complete(extraction_prompt("Fine.", KnownNames()), ExtractedContext)

    def test_the_doctor_lets_it_read(self, tiny_model):
        from refleqt_cli.checkup import _llm

        with open_refleqt(Settings.in_memory(llm="llama_cpp", llm_path=tiny_model, llm_threads=1)) as refleqt:
            assert "nonsense.gguf@" in _llm(refleqt)


GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate') }}{% endif %}"
    "{{ '<start_of_turn>' + message['role'] + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}"
)
"""In the manner of Gemma's: no system message, and turns that have to alternate."""


def real_templates():
    from llama_cpp import llama_chat_format as known

    names = ("CHATML", "MISTRAL_INSTRUCT", "MIXTRAL_INSTRUCT", "LLAMA3_INSTRUCT")
    return [GEMMA, *(getattr(known, f"{name}_CHAT_TEMPLATE") for name in names)]


class TestChatTemplates:
    """Any template that carries a task and an answer will do."""

    CHAT = messages(about("a document"), "Demand.")

    def tokens(self, render, begin=None):
        made = []

        def tokenize(text, is_template):
            made.append((text, is_template))
            return [ord(each) for each in text]

        found = ChatTokens(render=render, tokenize=tokenize, begin=begin).of(self.CHAT)
        return made, found

    def test_messages_are_tokenised_as_plain_text(self):
        made, _ = self.tokens(lambda chat: "".join(f"<{each['role']}>{each['content']}" for each in chat))
        assert [is_template for _, is_template in made] == [True, False, True, False]

    def test_one_that_knows_no_system_message_gets_it_with_the_first_of_the_user(self):
        def render(chat):
            if chat[0]["role"] == "system":
                raise ValueError("System role not supported")
            return f"<user>{chat[0]['content']}<model>"

        made, _ = self.tokens(render)
        (said,) = (text for text, is_template in made if not is_template)
        assert self.CHAT[0]["content"] in said and self.CHAT[1]["content"] in said

    def test_one_that_drops_the_system_message_gets_it_so_too(self):
        made, _ = self.tokens(lambda chat: "".join(each["content"] for each in chat if each["role"] == "user"))
        assert [self.CHAT[0]["content"] in text for text, _ in made] == [True]

    @pytest.mark.parametrize("number", range(5))
    @pytest.mark.parametrize("is_second", [False, True], ids=["first", "asked again"])
    def test_those_of_well_known_models_carry_every_message_as_plain_text(self, number, is_second):
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        formatter = Jinja2ChatFormatter(template=real_templates()[number], bos_token="<s>", eos_token="</s>")
        pieces = []

        def tokenize(text, is_template):
            pieces.append((text, is_template))
            return []

        chat = self.CHAT + (again("{}", "wrong") if is_second else [])
        ChatTokens(render=lambda each: formatter(messages=each).prompt, tokenize=tokenize, begin=None).of(chat)
        plain = "\n".join(text for text, is_template in pieces if not is_template)
        frame = "".join(text for text, is_template in pieces if is_template)
        assert all(message["content"] in plain for message in chat) and "a document" not in frame

    def test_one_that_loses_messages_is_refused(self):
        with pytest.raises(InvalidInput, match="instruction-tuned"):
            self.tokens(lambda chat: "Hello.")

    def test_the_token_to_begin_with_is_there_once(self):
        _, brought = self.tokens(lambda chat: "^" + "".join(each["content"] for each in chat), begin=ord("^"))
        _, given = self.tokens(lambda chat: "".join(each["content"] for each in chat), begin=ord("^"))
        assert brought == given and brought.count(ord("^")) == 1
