import pytest

from auditor.language import english, parse
from auditor.relations import load_relations

PARAMS = {"grace": "0 days", "limit": "90 days"}


@pytest.mark.parametrize(
    ("relation", "text", "said"),
    [
        (
            "audience",
            "not subject.deleted and any permission (same subject_id, channel) at as_of where (status = 'withdrawn')",
            "the person's record is not deleted and there is a permission with the same person and channel, in force "
            "at the date of the audit, for which the status is 'withdrawn'",
        ),
        (
            "message",
            "no permission (same subject_id) at sent_at - :grace where (status = 'granted' and channel = 'email')",
            "there is no permission with the same person, in force at the time when it was sent, for which (the status "
            "is 'granted' and the channel is 'email')",
        ),
        ("user", "admin and not active", "the account may do everything and the account cannot be used"),
        ("user", "not admin", "it is not true that the account may do everything"),
        (
            "user",
            "last_seen_at is missing or last_seen_at older than :limit",
            "the last sign of use the CRM can show is not recorded or the last sign of use the CRM can show was more "
            "than 90 days before the date of the audit",
        ),
        ("message", "sent_at older than 6 years", "it was sent more than 6 years before the date of the audit"),
        ("subject", "basis_reviewed_at is missing", "it is not recorded when the lawful basis was last reviewed"),
        ("subject", "basis_source is missing", "it is not recorded how the lawful basis was obtained"),
        ("subject", "named is not missing", "a name is held"),
        ("subject", "not (deceased and restricted)", "the person has not died or processing is not restricted"),
        ("subject", "preferred_channels has 'email'", "the preferred channels include 'email'"),
        ("subject", "not lawful_basis has 'consent'", "the lawful basis does not include 'consent'"),
        (
            "subject",
            "not owner.active or owner.deleted",
            "the owner's account cannot be used or the owner's record is deleted",
        ),
        ("subject", "owner exists", "the owner is among the records"),
        (
            "subject",
            "(deceased or restricted) and email is missing",
            "(the person has died or processing is restricted) and the main e-mail address is not recorded",
        ),
        (
            "subject",
            "count of message (same subject_id) where (sent_at > this.created_at) > 3",
            "the number of message records with the same person for which the time when it was sent is after the time "
            "when the record of the person in question was created is more than 3",
        ),
        (
            "request",
            "closed_at > received_at + 10 'US' business days",
            "the time when it was answered is after the end of the 10th business day (Monday to Friday without the "
            "federal holidays of the United States) after the time when it came in",
        ),
        (
            "request",
            "closed_at > received_at + 30 days",
            "the time when it was answered is more than 30 days after the time when it came in",
        ),
        (
            "message",
            "sent_at within 10 business days after subject.created_at",
            "the time when it was sent lies in the 10 business days (Monday to Friday) after the time when the record "
            "of the person was created",
        ),
        (
            "message",
            "any suppression (same person) where (channel = 'email')",
            "there is a suppression with the same person (by key, e-mail address or phone number, in any source) for "
            "which the channel is 'email'",
        ),
        (
            "subject",
            "no other subject (same person)",
            "there is no other person with the same person (by key, e-mail address or phone number, in any source)",
        ),
        (
            "subject",
            "last_activity_at older than by_country('prospect_retention', country)",
            "the last dealing with the person that the CRM can show was longer before the date of the audit than how "
            "long a prospect without contact may be kept in the country of residence (by the table "
            "'prospect_retention')",
        ),
        ("role", "title matches 'administrator-name'", "the title names an administrator"),
        ("token", "not plain", "it is not stored in the clear"),
        ("subject", "under('eu-gdpr')", "the person is under the EU General Data Protection Regulation"),
        ("subject", "not under('eu-gdpr')", "the person is not under the EU General Data Protection Regulation"),
        ("audience", "age(subject.born_on) < 16", "the age reckoned from the person's date of birth is less than 16"),
        ("grant", "operation not in ('view', 'edit')", "the operation is not 'view' or 'edit'"),
        (
            "order",
            "ordered_at between '2024-01-01' and as_of",
            "the time of the order is between '2024-01-01' and the date of the audit, both included",
        ),
    ],
)
def test_an_expression_reads_as_plain_english(relation: str, text: str, said: str):
    relations = load_relations()
    expression = parse(text, where=("f", 1, 1))
    assert english(expression, relations[relation], relations, PARAMS) == said
    assert english(expression, relations[relation], relations, PARAMS) == said
