"""What a reader does in the widget, and what its page hears of it."""

__all__ = ["FEE", "ask", "heard"]

FEE = "What fee does El Salvador charge?"


def ask(tab, question=FEE):
    tab.get_by_role("combobox").first.fill(question)
    tab.get_by_role("combobox").first.press("Enter")


def heard(tab, name):
    """Begin to note an event's details; a function that waits for the first and gives them."""
    tab.evaluate(
        "name => { window.heard ??= {}; const all = window.heard[name] = [];"
        " addEventListener(name, (event) => all.push(event.detail)); }",
        name,
    )

    def details():
        tab.wait_for_function("name => window.heard[name].length", arg=name)
        return tab.evaluate("name => window.heard[name]", name)

    return details
