// The service judges a signer's competence as `sceau verify --register` does, and the audit log
// holds every reason of a refusal.
#include <fstream>

#include "tests/e2e/competence_world.h"

namespace sceau::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CompetenceOfTheSigner : public CompetenceWorld {
 protected:
  // The report on the signed file, by the service or by the command itself.
  Json Judged(const std::vector<std::string>& how, int code) const {
    std::vector<std::string> arguments = {"verify", output(), "--json"};
    arguments.insert(arguments.end(), how.begin(), how.end());
    const ProcessResult run = appliance_.Sceau(arguments);
    EXPECT_EQ(run.exit_code, code) << run.out << run.err;
    return Json::parse(run.out, nullptr, false);
  }
  // The same answers from both.
  std::string Answer(int code) const {
    const Json there = Judged({"--server", appliance_.address()}, code);
    const Json here = Judged({"--register", register_}, code);
    const Json& file = there["files"][0];
    EXPECT_EQ(file["verdict"], here["files"][0]["verdict"]);
    EXPECT_EQ(file["signatures"], here["files"][0]["signatures"]);
    return file["signatures"][0]["competence"];
  }
};

TEST_F(CompetenceOfTheSigner, IsJudgedByTheServiceAsByTheCommand) {
  AddWorld();
  AddMandate();
  Start();
  ASSERT_EQ(SignThere().exit_code, 0);
  EXPECT_EQ(Answer(0), "PERMITTED");
  policy::Record end = Since("fin", policy::Revocation{"mandat", "annulation"});
  Add({end});
  EXPECT_EQ(Answer(2), "DENIED");
}

// A revocation could stand in the line that cannot be read.
TEST_F(CompetenceOfTheSigner, WithoutTheRegisterNothingIsJudged) {
  AddWorld();
  AddMandate();
  Start();
  ASSERT_EQ(SignThere().exit_code, 0);
  std::ofstream(register_, std::ios::app) << "?\n";
  const Json refused = Judged({"--server", appliance_.address()}, 65);
  EXPECT_EQ(refused["files"][0]["verdict"], "REFUSED");
  EXPECT_THAT(refused.dump(), HasSubstr("COMPETENCE_UNAVAILABLE"));
}

TEST_F(CompetenceOfTheSigner, EveryReasonOfARefusalIsInTheAuditLog) {
  constexpr int kMany = 120;
  gen::PesSpec spec;
  spec.depense = kMany;
  spec.recette = 0;
  document_ = Generate(spec);
  input_ = folder_.Write("flux.xml", document_);
  AddWorld();
  Start();
  const ProcessResult run = SignThere();
  ExpectRefused(run, 77, "COMPETENCE_DENIED");
  const std::string log = AuditLog();
  for (int i = 1; i <= kMany; ++i) {
    const std::string number = std::to_string(1000 + i).substr(1);
    EXPECT_THAT(log, HasSubstr(Concat("BORDD0", number, " NO_ACT")));
  }
  // The answer has those that fit, and says how many there are more.
  EXPECT_THAT(run.out, HasSubstr("BORDD0001 NO_ACT"));
  EXPECT_THAT(run.out, Not(HasSubstr("BORDD0120 NO_ACT")));
  EXPECT_THAT(run.out, HasSubstr("; +"));
}

}  // namespace
}  // namespace sceau::test
