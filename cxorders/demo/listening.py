"""The text warning of a record (M44): the same function as at submission, asked only for terms that can match."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from cxorders.demo.clients import Client
from feedback.text.warning import Rules, Term, score_text

_NOTHING = ("none", Decimal("0.0"), False)
_META, _REPEATS = set(".^$*+?{}[]\\|()"), ("?", "*", "{")


class Ear:
    """Scores words against a lexicon; terms are looked up by the characters their matches begin with."""

    def __init__(self, lexicon: Sequence[Term], rules: Rules) -> None:
        self.rules = rules
        self._always: list[tuple[int, Term]] = []
        self._by_first: dict[str, list[tuple[int, Term]]] = {}
        for place, term in enumerate(lexicon):
            begins = [alternative[:2] for alternative in _alternatives(term.pattern.pattern)]
            if all(begin and begin[0] not in _META and begin[1:] not in _REPEATS for begin in begins):
                for first in sorted({begin[0] for begin in begins}):
                    self._by_first.setdefault(first, []).append((place, term))
            else:
                self._always.append((place, term))

    def warning(self, words: str, client: Client | None, at: datetime) -> tuple[str, Decimal, bool]:
        """(level, score, safety) of a record with these words, submitted by `client` at `at`."""
        if not words:
            return _NOTHING
        found = dict(self._always)
        for letter in self._by_first.keys() & set(words):
            found.update(self._by_first[letter])
        terms = [found[place] for place in sorted(found) if found[place].pattern.search(words)]
        if not terms:
            return _NOTHING
        scored = score_text(words, terms, self.rules)
        if scored.hits and scored.score > 0 and client is not None:
            bonus = self.rules.bonus.get("vulnerable_segment", 0) if client.segment == "VULN" else 0
            if client.was_dissatisfied(at):
                bonus += self.rules.bonus.get("previous_dissatisfied_90d", 0)
            if bonus:
                scored = score_text(words, terms, self.rules, bonus)
        return str(scored.level), Decimal(str(round(scored.score, 1))), scored.safety


def _alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern at its top level."""
    parts, depth, begin = [], 0, 0
    for index, sign in enumerate(pattern):
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "|" and depth == 0:
            parts.append(pattern[begin:index])
            begin = index + 1
    return [*parts, pattern[begin:]]
