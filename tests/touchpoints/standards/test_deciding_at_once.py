"""Two people who decide one proposal at the same moment: one decides, the other is told."""

from datetime import date, datetime
from functools import partial

import pytest

from cxorders.journal.models import Entry
from cxorders.kit.errors import Stale, WrongState
from cxorders.organisation.models import User
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import a_person, a_world
from tests.factories.standards import FIRST_MORNING, a_draft, an_own_value
from tests.harness.together import at_once
from touchpoints.standards.actions import DraftWaiting, approve_version, reject_version
from touchpoints.standards.models import StandardVersion

AT: datetime = FIRST_MORNING
LATER = date(2026, 2, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["approves", "rejects"])
def test_a_proposal_is_decided_once(second: str) -> None:
    the_catalogue()
    world = a_world()
    an_own_value(world.company, value=12, at=AT)
    draft = a_draft(world.company, value=10, first=LATER)
    people = [a_person("branch_leader", at=world.company), a_person("hq_cs", at=world.group)]

    def decide(person: User, reject: bool) -> StandardVersion:
        mine = StandardVersion.objects.select_related("standard").get(pk=draft.pk)
        if reject:
            return reject_version(mine, by=person, at=AT, text="人手不够")
        return approve_version(mine, by=person, at=AT)

    acts = [partial(decide, person, n == 1 and second == "rejects") for n, person in enumerate(people)]
    made, refused = at_once(*acts, refusals=(WrongState, Stale))

    assert (len(made), len(refused)) == (1, 1)
    draft.refresh_from_db()
    assert (draft.state, draft.decided_by_id) == (made[0].state, made[0].decided_by_id)
    verbs = Entry.objects.filter(subject_id=draft.pk, verb__in=["standard.approved", "standard.rejected"])
    assert [entry.actor_id for entry in verbs.order_by("pk")] == [draft.decided_by_id]
    ends = StandardVersion.objects.get(value=12).valid_to
    assert ends == (date(2026, 1, 31) if draft.state == "approved" else None)


@pytest.mark.django_db(transaction=True)
def test_two_proposals_of_one_standard_at_once() -> None:
    """One draft per company and standard, whoever is faster."""
    the_catalogue()
    world = a_world()
    people = [a_person("dept_mgr", at=world.company), a_person("gatekeeper", at=world.company)]
    propose = partial(a_draft, world.company, value=10)

    made, refused = at_once(*[partial(propose, by=person) for person in people], refusals=(DraftWaiting,))

    assert (len(made), len(refused)) == (1, 1)
    assert StandardVersion.objects.get().proposed_by_id == made[0].proposed_by_id
