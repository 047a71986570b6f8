"""What a repost would change, line by line."""

from services.core.differences import between


def line(description, account="200", tax_type="OUTPUT2", gross=100):
    return {"description": description, "account_code": account, "tax_type": tax_type, "gross": gross, "tax": 0}


def test_equal_documents_have_no_differences():
    assert between([line("Sales"), line("Fees")], [line("Fees"), line("Sales")]) == []


def test_another_account_is_one_changed_line():
    (difference,) = between([line("Sales", "200")], [line("Sales", "260")])
    assert (difference.account_before, difference.account_after) == ("200", "260")
    assert (difference.before, difference.after) == (100, 100)


def test_a_new_and_a_gone_line_are_both_told():
    gone, new = between([line("Old")], [line("New", gross=7)])
    assert (gone.description, gone.before, gone.after) == ("Old", 100, None)
    assert (new.description, new.before, new.after) == ("New", None, 7)


def test_only_the_changed_one_of_two_lines_with_one_description_is_told():
    before = [line("Sales", "200"), line("Sales", "210")]
    (difference,) = between(before, [line("Sales", "200"), line("Sales", "211")])
    assert (difference.account_before, difference.account_after) == ("210", "211")
