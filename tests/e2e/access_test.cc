// The principal manager of a collectivité with the real daemon and the command.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/caller_pki.h"
#include "tests/e2e/documents.h"

namespace sceau::test {
namespace {

using testing::HasSubstr;

constexpr const char* kRights = "roles = [\"signer\", \"verifier\"], keys = [\"*\"]";

// Of the budget a PES is of.
std::string SirenIn(const std::string& pes) {
  constexpr std::string_view kBefore = "<IdColl V=\"";
  return pes.substr(pes.find(kBefore) + kBefore.size(), 9);
}

class AccessTest : public testing::Test {
 protected:
  AccessTest() {
    input_ = appliance_.Generate("in.xml", {});
    siren_ = SirenIn(ReadFile(input_));
  }
  void Configure(const std::string& manager) {
    std::string callers;
    for (const char* name : {"dgs", "compta", "ailleurs"}) {
      const bool other = name == std::string("ailleurs");
      AppendTo(callers, "{name = \"", name, "\", alternative_name = \"URI:urn:example:", name,
               "\", ", kRights, ", collectivites = [\"", other ? "999999999" : siren_, "\"]}, ");
    }
    appliance_.SetIdentity(Concat(pki_.Identity(callers, false), "\nmanagers = [{collectivite = \"",
                                  siren_, "\", caller = \"", manager, "\"}]\n"));
  }
  ProcessResult As(const CallerPki::Card& card, std::vector<std::string> arguments) const {
    for (const std::string& it : pki_.ArgumentsOf(card, appliance_.address())) {
      arguments.push_back(it);
    }
    return appliance_.Sceau(arguments);
  }
  ProcessResult Access(const CallerPki::Card& card, const std::string& verb,
                       const std::string& caller) const {
    std::vector<std::string> arguments = {"access", verb, "--collectivite", siren_, "--json"};
    if (!caller.empty()) {
      arguments.insert(arguments.end(), {"--caller", caller, "--reason", "parce que"});
    }
    return As(card, arguments);
  }
  ProcessResult Sign(const CallerPki::Card& card) const {
    return As(card, appliance_.SignHere(input_, appliance_.Path("out.xml"), {"--all", "--force"}));
  }
  // enabled by name, from the list that this caller gets.
  static Json Listed(const ProcessResult& list) { return Json::parse(list.out)["callers"]; }
  std::string AuditLog() const { return appliance_.AuditLog(); }

  CallerPki pki_;
  const CallerPki::Card dgs_ = pki_.Issue("dgs", "URI:urn:example:dgs");
  const CallerPki::Card compta_ = pki_.Issue("compta", "URI:urn:example:compta");
  const CallerPki::Card elsewhere_ = pki_.Issue("ailleurs", "URI:urn:example:ailleurs");
  Appliance appliance_;
  std::string input_, siren_;
};

TEST_F(AccessTest, P62_TheManagerKeepsACallerOutAndLetsHimInAgain) {
  Configure("dgs");
  appliance_.Start();
  ASSERT_EQ(Sign(compta_).exit_code, 0);
  ASSERT_EQ(Access(dgs_, "disable", "compta").exit_code, 0);
  const ProcessResult refused = Sign(compta_);
  EXPECT_EQ(refused.exit_code, 77);
  EXPECT_THAT(refused.out, HasSubstr("CALLER_NOT_ALLOWED"));
  const Json callers = Listed(Access(dgs_, "list", ""));
  ASSERT_EQ(callers.size(), 2U);  // of this collectivité alone
  EXPECT_EQ(callers[0]["name"], "dgs");
  EXPECT_EQ(callers[0]["manager"], true);
  EXPECT_EQ(callers[1]["enabled"], false);
  // Also after a restart.
  appliance_.daemon().Stop(SIGKILL);
  appliance_.Start();
  EXPECT_EQ(Sign(compta_).exit_code, 77);
  ASSERT_EQ(Access(dgs_, "enable", "compta").exit_code, 0);
  EXPECT_EQ(Sign(compta_).exit_code, 0);
  for (const char* change : {"disabled", "enabled"}) {
    EXPECT_THAT(AuditLog(), HasSubstr(Concat("\"change\":\"", change, "\"")));
  }
}

TEST_F(AccessTest, P62_NobodyElseChangesAnything) {
  Configure("dgs");
  appliance_.Start();
  for (const char* verb : {"disable", "enable", "hand-over"}) {
    const ProcessResult refused = Access(compta_, verb, "dgs");
    EXPECT_EQ(refused.exit_code, 77) << verb;
    EXPECT_THAT(refused.out, HasSubstr("CALLER_NOT_ALLOWED"));
  }
  EXPECT_EQ(Access(compta_, "list", "").exit_code, 77);
  EXPECT_EQ(Access(dgs_, "disable", "dgs").exit_code, 64);       // himself
  EXPECT_EQ(Access(dgs_, "disable", "ailleurs").exit_code, 64);  // not of this collectivité
  EXPECT_EQ(Access(dgs_, "hand-over", "nobody").exit_code, 64);
  EXPECT_EQ(Sign(dgs_).exit_code, 0);
}

TEST_F(AccessTest, TheOfficeIsHandedOverAndTheConfigurationTakesItBack) {
  Configure("dgs");
  appliance_.Start();
  ASSERT_EQ(Access(dgs_, "hand-over", "compta").exit_code, 0);
  EXPECT_EQ(Access(dgs_, "list", "").exit_code, 77);
  EXPECT_EQ(Access(compta_, "disable", "dgs").exit_code, 0);
  appliance_.daemon().Stop(SIGTERM);
  appliance_.Start();  // the configuration names the first still: it was handed over since
  EXPECT_EQ(Access(compta_, "list", "").exit_code, 0);
  EXPECT_EQ(Access(dgs_, "list", "").exit_code, 77);
  // That person has left: who runs the machine names another one.
  Configure("compta");
  appliance_.daemon().Stop(SIGTERM);
  appliance_.Start();
  appliance_.daemon().Stop(SIGTERM);
  Configure("dgs");
  appliance_.Start();
  EXPECT_EQ(Access(dgs_, "list", "").exit_code, 0);
  EXPECT_EQ(Sign(dgs_).exit_code, 0);  // the office opens to who holds it
  EXPECT_THAT(AuditLog(), HasSubstr("\"who\":\"configuration\""));
}

TEST_F(AccessTest, WhatIsNotRecordedDoesNotHappen) {
  Configure("dgs");
  appliance_.Start();
  ASSERT_EQ(Access(dgs_, "list", "").exit_code, 0);
  const auto audit = std::filesystem::path(appliance_.root()).parent_path() / "state/audit";
  std::filesystem::rename(audit / "log", audit / "away");
  EXPECT_EQ(Access(dgs_, "disable", "compta").exit_code, 69);
  std::filesystem::rename(audit / "away", audit / "log");
  EXPECT_EQ(Listed(Access(dgs_, "list", ""))[1]["enabled"], true);
  EXPECT_EQ(Sign(compta_).exit_code, 0);
}

}  // namespace
}  // namespace sceau::test
