"""A chat as a model's tokens. Only the chat template makes control tokens; text that looks like one stays text."""

import re
from collections.abc import Callable, Sequence

import attrs

from refleqt_core.errors import InvalidInput

from .replies import Chat

PLAIN_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
"""For models that bring no template of their own."""

_PLACE = re.compile("\ue000([0-9]+)\ue001")


@attrs.frozen(kw_only=True)
class ChatTokens:
    """Turns chats into tokens: ``render`` fills the model's template, ``tokenize`` reads text with or without marks.

    The template is filled with places instead of messages, and each message is tokenised for itself, as plain text. So
    a document that holds ``</s>`` or ``<|im_start|>system`` cannot end its message or begin another.
    """

    render: Callable[[Chat], str]
    tokenize: Callable[[str, bool], list[int]]
    begin: int | None
    """The token that every prompt begins with, or None."""

    def of(self, chat: Chat) -> list[int]:
        """The tokens that ask for the next message of ``chat``. A template that loses messages: `InvalidInput`."""
        for each in (chat, _without_system(chat)):
            pieces = self._pieces(each)
            if pieces is not None:
                tokens = [token for text, is_template in pieces for token in self.tokenize(text, is_template)]
                return tokens if self.begin is None or tokens[:1] == [self.begin] else [self.begin, *tokens]
        raise InvalidInput(
            "the model's chat template cannot carry a task and an answer; choose an instruction-tuned model"
        )

    def _pieces(self, chat: Chat) -> list[tuple[str, bool]] | None:
        """The filled template in its order, each piece with whether it is the template's own; None where it fails."""
        places = [{**message, "content": f"\ue000{i}\ue001"} for i, message in enumerate(chat)]
        try:
            parts = _PLACE.split(self.render(places))
        except Exception:  # a template is a program of the model's maker, and may raise what it likes
            return None
        if _numbers(parts) != list(range(len(chat))):
            return None
        return [(chat[int(part)]["content"], False) if i % 2 else (part, True) for i, part in enumerate(parts) if part]


def _numbers(parts: Sequence[str]) -> list[int]:
    return sorted(int(part) for part in parts[1::2])


def _without_system(chat: Chat) -> Chat:
    """The same chat for templates that know no system message: it opens the first message of the user."""
    system, first, *rest = chat
    return [{"role": first["role"], "content": f"{system['content']}\n\n{first['content']}"}, *rest]
