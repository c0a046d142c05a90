import pytest

from scoring.engine.rules import InvalidRulesError, Rules


def test_rules_default_to_those_of_kundeserviceprisen():
    assert Rules().to_dict() == {
        "mean": "contacts",
        "min_contacts_ranked": 20,
        "min_contacts_method": 5,
        "min_class_size": 3,
        "areas_over_all": [],
        "ties": ["answered_score", "agent"],
        "best_on": ["phone", "email", "chat", "messenger"],
    }


def test_rules_survive_a_round_trip():
    rules = Rules(mean="pooled", min_class_size=5, areas_over_all=("agent",), ties=("agent",), best_on=())

    assert Rules.from_dict(rules.to_dict()) == rules
    assert Rules.from_dict({}) == Rules()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"mean": "median"}, "“contacts” or “pooled”, not “median”"),
        ({"min_class_size": 0}, "“min_class_size” is a whole number from 1, not 0"),
        ({"min_contacts_ranked": "20"}, "not '20'"),
        ({"min_contacts_method": True}, "not True"),
        ({"ties": ["luck"]}, "“ties” names “luck”"),
        ({"ties": ["agent", "agent"]}, "unknown or there twice"),
        ({"best_on": ["letter"]}, "“best_on” names “letter”"),
        ({"areas_over_all": ["agent", "agent"]}, "“areas_over_all” names “agent”"),
        ({"bonus": 3}, "Unknown scoring setting “bonus”"),
    ],
)
def test_settings_that_cannot_be_followed_are_refused(settings, problem):
    with pytest.raises(InvalidRulesError, match=problem):
        Rules.from_dict(settings)
