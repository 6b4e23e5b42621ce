// The real program asks the register whether a signer is, or was, competent: verify and explain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/json.h"
#include "base/strings.h"
#include "tests/sceau/run_command.h"
#include "tests/support/require.h"
#include "tests/support/soft_token.h"
#include "tools/gen/generator.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kPin = "73519264";

using Arguments = std::vector<std::string>;

class Competence : public testing::Test {
 protected:
  void SetUp() override {
    tokens_.AddToken("Carte", kPin);
    test::KeyOptions key;
    key.kind = test::KeyKind::kRsa2048;
    certificate_ = folder_.Write("signer.pem",
                                 test::PemOf(tokens_.AddSigner("Carte", pki_, key)));
    pki_.WriteAuthorities(folder_.path());
    config_ = folder_.Write("sceau.toml", Concat("modules = [\"", test::SoftTokens::ModulePath(),
                                                 "\"]\ntrust = [\"root.pem\"]\n"));
    register_ = In(folder_, "register.jsonl");
    const auto text = gen::PesText({});
    test::Require(text.ok(), text.status().ToString());
    input_ = folder_.Write("file.xml", *text);
    signed_ = In(folder_, "signed.xml");
    Sign();
    Found();
  }

  Ended Run(Arguments arguments) {
    arguments.insert(arguments.end(), {"--config", config_});
    return RunSceau(folder_, arguments);
  }
  void Sign() {
    const Ended ended = Run({"sign", input_, "-o", signed_, "--all", "--key", "pkcs11:token=Carte",
                             "--pin-source", tokens_.PinFile("Carte"), "--role", "Maire", "--city",
                             "V", "--postal-code", "98800", "--country", "NC"});
    test::Require(ended.code == 0, ended.err);
  }
  void Record(const std::string& verb, Arguments more) {
    more.insert(more.begin(), {"delegation", verb, "--register", register_});
    const Ended ended = Run(more);
    ASSERT_EQ(ended.code, 0) << ended.err;
  }
  void Add(const std::string& type, Arguments more) {
    more.insert(more.begin(), {"--type", type});
    Record("add", more);
  }
  // A collectivité, the budget of the file, and a mayor who is not the signer.
  void Found() {
    const Json of = Json::parse(Run({"inspect", input_, "--json"}).out)["collectivite"];
    const auto field = [&](const char* name, const char* key) {
      return Concat(name, "=", of[key].get<std::string>());
    };
    Add("collectivite", {"id=commune", "name=Commune", "time_zone=Europe/Paris"});
    Add("budget", {"id=principal", "collectivite=commune", field("siret", "idColl"),
                   field("cod_col", "codCol"), field("cod_bud", "codBud")});
    Add("person", {"id=p-maire", "name=Personne A"});
    Add("person", {"id=p-adjoint", "name=Personne B"});
    Add("office", {"id=maire", "collectivite=commune", "title=maire",
                   "by_delegation=par délégation du maire", "ordonnateur=true"});
    Add("mandate", {"office=maire", "person=p-maire", "valid_from=2026-01-01"});
  }
  void Bind(const std::string& person = "p-adjoint") {
    Add("certificate", {Concat("person=", person), "destinations=accountant", "--certificate",
                        certificate_});
  }
  void Delegate() {
    Add("delegation", {"id=d1", "reference=arrêté n° 2026-12", "signed_at=2026-03-01",
                       "published_at=2026-03-02", "transmitted_at=2026-03-02",
                       "delegator_office=maire", "delegate=p-adjoint", "matters=depense",
                       "matters=recette", "powers=service-fait", "powers=titres-executory"});
  }
  void Revoke(absl::Duration before_now) {
    Record("revoke", {"d1", "--from",
                      absl::FormatTime(absl::RFC3339_sec, absl::Now() - before_now,
                                       absl::UTCTimeZone())});
  }

  Ended Verify(Arguments more) {
    more.insert(more.begin(), {"verify", signed_});
    return Run(more);
  }
  // The first signature, judged with the register; `code`: the exit code that must come of it.
  Json Judged(int code, const std::string& with) {
    const Ended ended = Verify({"--json", "--register", with, "--lang", "en"});
    EXPECT_EQ(ended.code, code) << ended.err << ended.out;
    const Json json = Json::parse(ended.out, nullptr, false);
    return json.is_object() ? json["files"][0]["signatures"][0] : Json();
  }
  static std::vector<std::string> Codes(const Json& signature) {
    std::vector<std::string> codes;
    for (const Json& reason : signature["reasons"]) codes.push_back(reason["code"]);
    return codes;
  }
  Json Explained(Arguments more) {
    more.insert(more.begin(), {"delegation", "explain", input_, "--register", register_, "--cert",
                               certificate_, "--json"});
    const Ended ended = Run(more);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return Json::parse(ended.out, nullptr, false);
  }

  TemporaryFolder folder_;
  test::SoftTokens tokens_;
  test::TestPki pki_;
  std::string certificate_, config_, register_, input_, signed_;
};

TEST_F(Competence, WithoutARegisterItIsUnknownHere) {
  const Ended ended = Verify({"--json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  for (const Json& it : Json::parse(ended.out)["files"][0]["signatures"]) {
    EXPECT_EQ(it["competence"], "UNKNOWN_HERE");
    EXPECT_EQ(it["indication"], "TOTAL_PASSED");
  }
}

TEST_F(Competence, ADelegateIsPermittedAndTheActIsNamed) {
  Bind();
  Delegate();
  const Json it = Judged(0, register_);
  EXPECT_EQ(it["competence"], "PERMITTED");
  EXPECT_EQ(it["indication"], "TOTAL_PASSED");
  EXPECT_THAT(Codes(it), testing::Contains("COMPETENCE_DELEGATION"));
  EXPECT_THAT(Codes(it), testing::Contains("COMPETENCE_TIME_NOT_PROVEN"));
}

TEST_F(Competence, ASignerWithoutCompetenceIsSeenInEveryReportAndTheExitCode) {
  Bind();
  const Json it = Judged(2, register_);
  EXPECT_EQ(it["competence"], "DENIED");
  EXPECT_EQ(it["integrity"], "INTACT");
  EXPECT_EQ(it["indication"], "INDETERMINATE");
  EXPECT_EQ(it["subIndication"], "SIG_CONSTRAINTS_FAILURE");
  EXPECT_THAT(Codes(it), testing::Contains("COMPETENCE_DENIED"));
  const auto report = [&](Arguments more) {
    more.insert(more.end(), {"--register", register_});
    return Verify(more).out;
  };
  EXPECT_THAT(report({}), HasSubstr("Compétence : sans compétence [DENIED]"));
  EXPECT_THAT(report({"--report", "html"}), HasSubstr("sans compétence <code>DENIED</code>"));
  EXPECT_THAT(report({"--report", "etsi"}), HasSubstr("urn:sceau:reason:COMPETENCE_DENIED"));
}

TEST_F(Competence, ADelegationRevokedTheDayBeforeFoundsNothing) {
  Bind();
  Delegate();
  Revoke(absl::Hours(24));
  const Json it = Judged(2, register_);
  EXPECT_EQ(it["competence"], "DENIED");
  EXPECT_THAT(Codes(it), testing::Contains("COMPETENCE_REVOKED"));
}

TEST_F(Competence, ADelegationRevokedTheDayAfterStillFounds) {
  Bind();
  Delegate();
  Revoke(-absl::Hours(24));
  EXPECT_EQ(Judged(0, register_)["competence"], "PERMITTED");
}

// Without a time stamp nobody can tell a signature made before the revocation from one that only
// claims to be (P-36).
TEST_F(Competence, P36_AClaimedTimeBeforeTheRevocationProvesNoPower) {
  Bind();
  Delegate();
  Revoke(-absl::Hours(24));
  const std::string later =
      absl::FormatTime(absl::RFC3339_sec, absl::Now() + absl::Hours(72), absl::UTCTimeZone());
  const Ended ended = Verify({"--json", "--register", register_, "--at", later});
  EXPECT_EQ(ended.code, 2) << ended.err;
  const Json it = Json::parse(ended.out)["files"][0]["signatures"][0];
  EXPECT_EQ(it["competence"], "PERMITTED");
  EXPECT_EQ(it["indication"], "INDETERMINATE");
  EXPECT_EQ(it["subIndication"], "SIG_CONSTRAINTS_FAILURE");
  EXPECT_THAT(Codes(it), testing::Contains("COMPETENCE_TIME_NOT_PROVEN"));
  EXPECT_EQ(Verify({"--json", "--at", later}).code, 0);  // nothing else is wrong then
}

TEST_F(Competence, AnExtractBesideTheArchiveAnswersTheSame) {
  Bind();
  Delegate();
  const std::string extract = In(folder_, "extract.jsonl");
  Record("export", {"-o", extract});
  std::filesystem::remove(register_);
  EXPECT_EQ(Judged(0, extract)["competence"], "PERMITTED");
}

TEST_F(Competence, ACertificateOfSomebodyElseDoesNotServe) {
  Bind("p-maire");
  Delegate();
  EXPECT_EQ(Judged(0, register_)["competence"], "PERMITTED");  // the mayor's own
  const Json other = Json::parse(Run({"delegation", "list", "--register", register_, "--type",
                                      "mandate", "--json"})
                                     .out)["records"][0]["record"];
  Record("revoke", {other["id"].get<std::string>(), "--from", "2026-02-01"});
  EXPECT_EQ(Judged(2, register_)["competence"], "DENIED");
}

TEST_F(Competence, ARegisterThatCannotBeReadGivesNoReport) {
  const Ended absent = Verify({"--register", In(folder_, "absent"), "--json"});
  EXPECT_EQ(absent.code, 69);
  const std::string bad = folder_.Write("bad.jsonl", "{}\n");
  const Ended refused = Verify({"--register", bad, "--json"});
  EXPECT_EQ(refused.code, 65);
  EXPECT_EQ(Json::parse(refused.out)["error"]["line"], 1);
}

TEST_F(Competence, ExplainAnswersByWhatIsKnownNowAndByWhatWasKnownThen) {
  Bind();
  Delegate();
  const Json now = Explained({});
  ASSERT_EQ(now["elements"].size(), 2u);
  const Json& first = now["elements"][0];
  EXPECT_EQ(first["scope"], "BORDEREAU");
  EXPECT_EQ(first["knownNow"]["answer"], "PERMITTED");
  EXPECT_EQ(first["knownNow"]["role"], "par délégation du maire, arrêté n° 2026-12");
  EXPECT_EQ(first["knownThen"]["answer"], "PERMITTED");
  // The records are of today: of last month nothing was known then.
  const std::string then =
      absl::FormatTime(absl::RFC3339_sec, absl::Now() - absl::Hours(24 * 30), absl::UTCTimeZone());
  const Json past = Explained({"--at", then, "--bordereau", first["of"]});
  ASSERT_EQ(past["elements"].size(), 1u);
  EXPECT_EQ(past["elements"][0]["knownNow"]["answer"], "PERMITTED");
  EXPECT_EQ(past["elements"][0]["knownThen"]["answer"], "DENIED");
}

TEST_F(Competence, ExplainGivesItsReasonsInTwoLanguagesAndSignsNothing) {
  Bind();
  Delegate();
  Revoke(absl::Hours(24));
  const std::string before = ReadFile(input_);
  const Arguments ask = {"delegation", "explain", input_, "--register", register_, "--whole",
                         "--key", "pkcs11:token=Carte"};
  const Ended french = Run(ask);
  EXPECT_EQ(french.code, 0) << french.err;
  EXPECT_THAT(french.out, HasSubstr("par ce qui est su maintenant : non [DENIED]"));
  EXPECT_THAT(french.out, HasSubstr("REVOKED : Abrogé."));
  Arguments english = ask;
  english.insert(english.end(), {"--lang", "en"});
  EXPECT_THAT(Run(english).out, HasSubstr("by what is known now: no [DENIED]"));
  EXPECT_EQ(ReadFile(input_), before);
  EXPECT_EQ(Run({"delegation", "explain", input_, "--register", register_, "--cert", certificate_,
                 "--bordereau", "absent"})
                .code,
            65);
}

}  // namespace
}  // namespace sceau::cli
