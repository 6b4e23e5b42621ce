// The real program with a real token: inspect, sign, verify.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/json.h"
#include "tests/sceau/run_command.h"
#include "tests/support/require.h"
#include "tests/support/soft_token.h"
#include "tests/support/test_revocation.h"
#include "tools/gen/generator.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kTime = "2025-01-01T00:00:00Z";
constexpr const char* kPin = "73519264";

class SignAndVerify : public testing::Test {
 protected:
  void SetUp() override {
    tokens_.AddToken("Carte", kPin);
    test::KeyOptions key;
    key.kind = test::KeyKind::kRsa2048;
    certificate_ = tokens_.AddSigner("Carte", pki_, key);
    pki_.WriteAuthorities(folder_.path());
    config_ = folder_.Write("sceau.toml", "modules = [\"" + test::SoftTokens::ModulePath() +
                                              "\"]\npin_source = \"" + tokens_.PinFile("Carte") +
                                              R"("
key = "pkcs11:token=Carte"
[signature]
role = "Maire"
city = "Nouméa"
postal_code = "98800"
country = "NC"
)");
    input_ = folder_.Write("flux.xml", Generate({}));
    output_ = In(folder_, "flux-signe.xml");
  }

  static std::string Generate(const gen::PesSpec& spec) {
    const auto text = gen::PesText(spec);
    test::Require(text.ok(), text.status().ToString());
    return *text;
  }

  std::vector<std::string> With(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--config", config_});
    return arguments;
  }
  Ended Run(const std::vector<std::string>& arguments) {
    return RunSceau(folder_, With(arguments));
  }
  Ended Sign(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "sign", input_, "-o", output_, "--at", kTime, "--allow-test-clock"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }
  Ended VerifyTrusted(const std::string& file) {
    return Run({"verify", file, "--json", "--at", kTime, "--trust", In(folder_, "root.pem")});
  }

  TemporaryFolder folder_;
  test::SoftTokens tokens_;
  test::TestPki pki_;
  std::string certificate_;  // DER
  std::string config_, input_, output_;
};

TEST_F(SignAndVerify, WhatIsSignedVerifiesAndTheEditsGiveTheInputBack) {
  const Ended sign = Sign({"--all", "--json"});
  ASSERT_EQ(sign.code, 0) << sign.err;
  const Json said = Json::parse(sign.out);
  const std::string written = ReadFile(output_);
  EXPECT_EQ(said["output"], output_);
  EXPECT_EQ(said["size"], written.size());
  EXPECT_EQ(said["sha256"], ToHex(DigestOf(DigestAlgorithm::kSha256, written)));
  EXPECT_EQ(said["signed"].size(), 2u);
  EXPECT_EQ(said["signed"][0]["scope"], "BORDEREAU");
  EXPECT_TRUE(said["auditId"].is_null());

  std::string undone = written;
  for (const Json& edit : said["edits"]) {
    const std::string removed = *FromBase64(edit["removed"].get<std::string>());
    const std::string inserted = *FromBase64(edit["inserted"].get<std::string>());
    // What was put back already is as long as it was in the input.
    const auto at = edit["offset"].get<size_t>();
    ASSERT_EQ(undone.substr(at, inserted.size()), inserted);
    undone.replace(at, inserted.size(), removed);
  }
  EXPECT_EQ(undone, ReadFile(input_));

  const Ended verify = VerifyTrusted(output_);
  EXPECT_EQ(verify.code, 0) << verify.out;
  const Json file = Json::parse(verify.out)["files"][0];
  EXPECT_EQ(file["verdict"], "TOTAL_PASSED");
  EXPECT_EQ(file["signatures"].size(), 2u);
  EXPECT_EQ(file["signatures"][0]["claimedRole"], "Maire");
  EXPECT_EQ(file["signatures"][0]["place"]["city"], "Nouméa");
  EXPECT_EQ(file["signatures"][0]["claimedTime"], kTime);
}

TEST_F(SignAndVerify, ExitCodesFollowTheVerdict) {
  ASSERT_EQ(Sign({"--all"}).code, 0);
  EXPECT_EQ(VerifyTrusted(output_).code, 0);
  EXPECT_EQ(Run({"verify", output_, "--at", kTime}).code, 2);  // no anchor
  EXPECT_EQ(VerifyTrusted(input_).code, 3);                    // no signature
  std::string text = ReadFile(output_);
  const size_t at = text.find("<IdBord V=\"");
  ASSERT_NE(at, std::string::npos);
  text[at + 11] = text[at + 11] == '9' ? '8' : '9';
  const std::string changed = folder_.Write("changed.xml", text);
  EXPECT_EQ(VerifyTrusted(changed).code, 1);
  const Ended all = Run({"verify", output_, changed, input_, In(folder_, "absent"), "--json",
                         "--at", kTime, "--trust", In(folder_, "root.pem")});
  EXPECT_EQ(all.code, 65);
  const Json files = Json::parse(all.out)["files"];
  ASSERT_EQ(files.size(), 4u);
  EXPECT_EQ(files[0]["verdict"], "TOTAL_PASSED");
  EXPECT_EQ(files[1]["verdict"], "TOTAL_FAILED");
  EXPECT_EQ(files[2]["verdict"], "NO_SIGNATURE");
  EXPECT_EQ(files[3]["verdict"], "REFUSED");
}

TEST_F(SignAndVerify, AuthoritiesAreAddedWithLimitsAndListed) {
  const std::string anchors = In(folder_, "anchors");
  std::filesystem::create_directory(anchors);
  const std::string root = In(folder_, "root.pem");
  EXPECT_EQ(Run({"trust", "add", root, "--trust", anchors, "--documents", "NONE"}).code, 64);
  EXPECT_EQ(Run({"trust", "add", root, "--trust", anchors, "--until", "soon"}).code, 64);
  EXPECT_EQ(Run({"trust", "add", root}).code, 64);  // no folder
  const Ended added = Run({"trust", "add", root, "--trust", anchors, "--documents", "PES_ALLER",
                           "--until", "2040-01-01", "--json"});
  ASSERT_EQ(added.code, 0) << added.err;
  const Json listed = Json::parse(Run({"trust", "list", "--trust", anchors, "--json"}).out);
  ASSERT_EQ(listed["anchors"].size(), 1u);
  const Json anchor = listed["anchors"][0];
  EXPECT_EQ(listed, Json::parse(added.out));
  EXPECT_EQ(anchor["sha256"], ToHex(DigestOf(DigestAlgorithm::kSha256, pki_.root())));
  EXPECT_EQ(anchor["documents"], Json({"PES_ALLER"}));
  EXPECT_EQ(anchor["until"], "2040-01-01");
  EXPECT_TRUE(anchor["from"].is_null());
  EXPECT_EQ(Run({"trust", "add", root, "--trust", anchors}).code, 73);  // it is there
  ASSERT_EQ(Sign({"--all"}).code, 0);
  EXPECT_EQ(Run({"verify", output_, "--at", kTime, "--trust", anchors}).code, 0);
  // The first run without anchors names the issuer that is missing.
  const Ended none = Run({"verify", output_, "--at", kTime, "--json"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.out, HasSubstr("CN=Racine d'essai"));
}

TEST_F(SignAndVerify, RevocationListsAreHeededWhenGiven) {
  ASSERT_EQ(Sign({"--all"}).code, 0);
  test::CrlOptions list;
  list.this_update = absl::FromUnixSeconds(1735600000);
  list.next_update = list.this_update + absl::Hours(48);
  const auto verify = [&] {
    const std::string crl =
        folder_.Write("list.crl", test::MakeCrl(pki_.issuing(), pki_.issuing_key(), list));
    return Run({"verify", output_, "--json", "--at", kTime, "--trust", In(folder_, "issuing.pem"),
                "--revocation", crl});
  };
  EXPECT_EQ(verify().code, 0);
  list.revoked = {{certificate_, list.this_update, 1}};
  const Ended revoked = verify();
  EXPECT_EQ(revoked.code, 2);
  const Json signature = Json::parse(revoked.out)["files"][0]["signatures"][0];
  EXPECT_EQ(signature["subIndication"], "REVOKED_NO_POE");
  EXPECT_EQ(signature["integrity"], "INTACT");
  const Ended unreadable =
      Run({"verify", output_, "--json", "--revocation", In(folder_, "sceau.toml")});
  EXPECT_EQ(unreadable.code, 78);
  EXPECT_EQ(Json::parse(unreadable.out)["error"]["reason"], "REVOCATION_UNREADABLE");
  EXPECT_EQ(Run({"verify", output_, "--online", "--offline"}).code, 64);
}

TEST_F(SignAndVerify, OneBordereauIsNamedByItsIdOrItsRef) {
  const Json inspected = Json::parse(Run({"inspect", input_, "--json"}).out);
  const std::string id = inspected["bordereaux"][0]["id"];
  const std::string ref = inspected["bordereaux"][1]["ref"];
  const Ended both = Sign({"--bordereau", id, ref, "--json"});
  ASSERT_EQ(both.code, 0) << both.err;
  EXPECT_EQ(Json::parse(both.out)["signed"].size(), 2u);
  const Ended none = Sign({"--bordereau", "NO_SUCH", "--force", "--json"});
  EXPECT_EQ(none.code, 65);
  EXPECT_EQ(Json::parse(none.out)["error"]["reason"], "BORDEREAU_NOT_FOUND");
}

TEST_F(SignAndVerify, TheWholeFileGoesToStandardOutputAlone) {
  output_ = "-";
  const Ended run = Sign({"--whole"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("fichier entier"));
  EXPECT_EQ(VerifyTrusted(folder_.Write("whole.xml", run.out)).code, 0);
}

TEST_F(SignAndVerify, AMissingRoleOrPlaceIs64AndNothingIsWritten) {
  for (const auto& [option, reason] : std::vector<std::pair<std::string, std::string>>{
           {"--role", "ROLE_MISSING"}, {"--city", "PLACE_MISSING"}}) {
    const Ended run = Sign({"--all", "--json", option, ""});
    EXPECT_EQ(run.code, 64) << run.err;
    EXPECT_EQ(Json::parse(run.out)["error"]["reason"], reason);
    EXPECT_FALSE(std::filesystem::exists(output_));
  }
}

TEST_F(SignAndVerify, P58_ThePinIsInNoOutput) {
  const Ended run = Sign({"--all", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out + run.err + ReadFile(output_), Not(HasSubstr(kPin)));
}

TEST_F(SignAndVerify, P49_AWrongPinIs77AndNothingIsWritten) {
  const std::string wrong = folder_.Write("wrong-pin", "00000000\n");
  const Ended run = Sign({"--all", "--json", "--pin-source", wrong});
  EXPECT_EQ(run.code, 77) << run.err;
  EXPECT_EQ(Json::parse(run.out)["error"]["reason"], "PIN_INCORRECT");
  EXPECT_FALSE(std::filesystem::exists(output_));
}

TEST_F(SignAndVerify, OnATerminalItShowsWhatIsSignedAndSignsOnlyOnAYes) {
  const std::vector<std::string> sign =
      With({"sign", input_, "-o", output_, "--all", "--at", kTime, "--allow-test-clock"});
  const Ended no = RunSceauOnTerminal(folder_, sign, {{"[o/N]", "n\n", {}}});
  EXPECT_EQ(no.code, 77) << no.out;
  EXPECT_THAT(no.out, HasSubstr("Bordereau de mandats"));
  EXPECT_THAT(no.out, HasSubstr("service fait"));
  EXPECT_THAT(no.out, HasSubstr("rien n'est signé"));
  EXPECT_FALSE(std::filesystem::exists(output_));

  const Ended yes = RunSceauOnTerminal(folder_, sign, {{"[o/N]", "o\n", {}}});
  EXPECT_EQ(yes.code, 0) << yes.out;
  EXPECT_THAT(yes.out, HasSubstr("2/2"));
  EXPECT_EQ(VerifyTrusted(output_).code, 0);
}

TEST_F(SignAndVerify, ThePinIsAskedAfterThePreview) {
  config_ = folder_.Write("asks.toml", "modules = [\"" + test::SoftTokens::ModulePath() + "\"]\n");
  const std::vector<std::string> sign =
      With({"sign", input_, "-o", output_, "--all", "--at", kTime, "--allow-test-clock", "--role",
            "Maire", "--city", "V", "--postal-code", "1", "--country", "FR", "--key",
            "pkcs11:token=Carte"});
  const Ended no = RunSceauOnTerminal(folder_, sign, {{"[o/N]", "n\n", {}}});
  EXPECT_EQ(no.code, 77);
  EXPECT_THAT(no.out, HasSubstr("Signer ?"));
  EXPECT_THAT(no.out, Not(HasSubstr("PIN")));
}

TEST_F(SignAndVerify, KeysAndTokensAreListedWithoutAPin) {
  const Json keys = Json::parse(Run({"key", "list", "--json"}).out)["keys"];
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0]["token"]["label"], "Carte");
  EXPECT_EQ(keys[0]["type"], "RSA");
  EXPECT_THAT(keys[0]["certificate"]["subject"].get<std::string>(),
              HasSubstr("CN=Hélène Ordonnatrice"));
  const Json tokens = Json::parse(Run({"token", "list", "--json"}).out)["tokens"];
  ASSERT_EQ(tokens.size(), 1u);
  EXPECT_EQ(tokens[0]["keys"], 1);
}

TEST_F(SignAndVerify, TheProfilesAreListed) {
  const Json profiles = Json::parse(Run({"profile", "list", "--json"}).out)["profiles"];
  const bool known = std::any_of(profiles.begin(), profiles.end(),
                                 [](const Json& it) { return it["name"] == "helios-v3"; });
  EXPECT_TRUE(known);
}

TEST_F(SignAndVerify, TheReportGoesToAFileOrToStandardOutput) {
  const std::string report = In(folder_, "rapport.txt");
  EXPECT_EQ(Run({"verify", input_, "-o", report}).code, 3);
  EXPECT_THAT(ReadFile(report), HasSubstr("AUCUNE SIGNATURE [NO_SIGNATURE]"));
  EXPECT_EQ(Run({"verify", input_, "-o", report}).code, 73);
  const Ended json = Run({"verify", input_, "--report", "json", "-o", report, "--force"});
  EXPECT_EQ(json.out, "");
  EXPECT_EQ(Json::parse(ReadFile(report))["reportVersion"], 1);
}

TEST_F(SignAndVerify, AFolderIsJudgedFileByFileWithASummary) {
  ASSERT_EQ(Sign({"--all"}).code, 0);
  const std::string lot = In(folder_, "lot");
  std::filesystem::create_directories(lot);
  const std::string signed_text = ReadFile(output_);
  const auto judge = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "verify", lot, "--at", kTime, "--trust", In(folder_, "root.pem"), "--lang", "fr"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  };
  folder_.Write("lot/a.xml", signed_text);
  folder_.Write("lot/b.xml", signed_text);
  folder_.Write("lot/notes.txt", "ni l'un ni l'autre");
  const Ended good = judge({"--json"});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_THAT(good.err, HasSubstr("non jugés : 1"));
  EXPECT_THAT(good.err, Not(HasSubstr("[#")));  // a progress bar is for a terminal
  Json json = Json::parse(good.out);
  EXPECT_EQ(json["files"].size(), 2u);
  EXPECT_EQ(json["summary"]["verdicts"]["TOTAL_PASSED"], 2);
  folder_.Write("lot/c.xml", ReadFile(input_));
  EXPECT_EQ(judge({}).code, 3);
  std::string broken = signed_text;
  broken.replace(broken.find("<IdBord V=\""), 11, "<IdBord V=\"9");
  folder_.Write("lot/d.xml", broken);
  const Ended text = judge({});
  EXPECT_EQ(text.code, 1);
  EXPECT_THAT(text.out, HasSubstr("Fichiers : 4, VALIDE 2, INVALIDE 1, AUCUNE SIGNATURE 1"));
  folder_.Write("lot/e.xml", "<!DOCTYPE a><a/>");
  EXPECT_EQ(judge({}).code, 65);
}

TEST_F(SignAndVerify, OtherFormsOfTheReportGoWholeIntoAFile) {
  ASSERT_EQ(Sign({"--all"}).code, 0);
  const std::string page = In(folder_, "rapport.html");
  const Ended html =
      Run({"verify", output_, "--at", kTime, "--report", "html", "-o", page, "--json"});
  EXPECT_EQ(html.code, 2);
  EXPECT_THAT(ReadFile(page), HasSubstr("<strong>On ne peut pas conclure</strong>"));
  EXPECT_EQ(Json::parse(html.out)["reportVersion"], 1);
  EXPECT_EQ(Run({"verify", output_, "--report", "html", "-o", page}).code, 73);
  EXPECT_EQ(Run({"verify", output_, "--report", "html", "--json"}).code, 64);
  // A service that is not there: nothing is written.
  const std::string etsi = In(folder_, "rapport.xml");
  EXPECT_EQ(
      Run({"verify", output_, "--report", "etsi", "-o", etsi, "--server", "127.0.0.1:1"}).code, 69);
  EXPECT_FALSE(std::filesystem::exists(etsi));
  EXPECT_EQ(Run({"verify", output_, "--report", "etsi", "-o", etsi}).code, 2);
  EXPECT_THAT(ReadFile(etsi), HasSubstr("<ValidationReport "));
}

}  // namespace
}  // namespace sceau::cli
