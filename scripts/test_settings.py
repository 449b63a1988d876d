"""Every variable that the functions read is documented, and reaches them however they are run."""

import re
import unittest

import deploy
import dev
from project import PROJECT

NAME = r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|JWKS"
# AWS and cargo set these.
NOT_SETTINGS = re.compile(r"AWS_|CARGO_")
# Only the migrations read it.
MIGRATIONS = {"DATABASE_URL_UNPOOLED"}
# A first stack has no SECRETS_PATH. The template sets SERVICE_NAME to the stack's name. SSL_CERT_FILE names a file, and a
# function's package contains none.
NOT_DEPLOYED = {"SECRETS_PATH", "SERVICE_NAME", "SSL_CERT_FILE"}


def text(path):
    return (PROJECT / path).read_text()


def code():
    """The functions' code, without its tests."""
    return "\n".join(path.read_text().partition("#[cfg(test)]")[0] for path in (PROJECT / "shared/src").rglob("*.rs"))


def rows(path):
    """The variables in a document's tables, each with the cells behind it."""
    found = {}
    for line in text(path).splitlines() if (PROJECT / path).exists() else ():
        cells = line.split("|")[1:-1]
        if cells and cells[0].strip().startswith("`"):
            found.update({name: cells[1:] for name in re.findall(f"`({NAME})`", cells[0])})
    return found


def given_by_template():
    """The variables that the template takes from stack parameters, each with its parameter."""
    return dict(re.findall(rf"^ +({NAME}): !Ref (\w+)$", text("template.yaml"), re.M))


def default(parameter):
    return re.search(rf"^  {parameter}:\n(?:    .*\n)*?    Default: (.*?)(?: #.*)?$", text("template.yaml"), re.M)[1]


READ = {name for name in re.findall(f'"({NAME})"', code()) if not NOT_SETTINGS.match(name)}
# What reads the environment itself sees nothing of Parameter Store.
ONLY_ENVIRONMENT = set(re.findall(rf'(?:(?<![.\w])optional|Settings::default\(\)\.\w+)\(\s*"({NAME})"', code())) - {
    "DATABASE_URL"}  # it is only asked there whether it is set
FROM_PARAMETER_STORE = READ - ONLY_ENVIRONMENT - {"SECRETS_PATH"}
TOKENS = {name for name in READ if name.startswith(("JW", "BETTER_AUTH"))}


class Settings(unittest.TestCase):
    maxDiff = None

    def test_every_variable_that_is_read_is_documented_and_the_other_way_round(self):
        documented = rows("README.md").keys() | rows("docs/settings.md").keys() | rows("docs/auth.md").keys()
        self.assertEqual(READ | MIGRATIONS, documented)

    def test_every_variable_of_tokens_is_in_the_reference_with_the_stack_parameter_that_gives_it(self):
        named = {name: re.findall(r"`(\w+)`", cells[0]) for name, cells in rows("docs/auth.md").items()}
        self.assertEqual(named, {name: [parameter] for parameter, names in deploy.GIVEN.items() for name in names
                                 if name in TOKENS})

    def test_make_dev_knows_every_variable_of_tokens(self):
        self.assertEqual(TOKENS - set(dev.SETTINGS), set())

    def test_a_first_stack_gets_every_variable_or_is_told_which_it_does_not_get(self):
        given = {name for names in deploy.GIVEN.values() for name in names}
        self.assertEqual(given | set(deploy.PARAMETER_STORE_ONLY), READ - NOT_DEPLOYED)
        self.assertEqual(given & set(deploy.PARAMETER_STORE_ONLY), set())

    def test_the_template_hands_each_stack_parameter_to_the_variable_that_it_is_made_of(self):
        template = given_by_template()
        self.assertEqual({names[0]: parameter for parameter, names in deploy.GIVEN.items()},
                         {name: parameter for name, parameter in template.items() if name not in NOT_DEPLOYED})

    def test_what_no_stack_parameter_gives_can_be_in_parameter_store(self):
        self.assertEqual(set(deploy.PARAMETER_STORE_ONLY) - FROM_PARAMETER_STORE, set())

    def test_no_default_of_the_template_hides_a_value_in_parameter_store(self):
        defaults = {name: default(parameter) for name, parameter in given_by_template().items()
                    if name in FROM_PARAMETER_STORE}
        self.assertEqual(defaults, dict.fromkeys(defaults, '""'))
        self.assertGreater(len(defaults), 8)


if __name__ == "__main__":
    unittest.main()
