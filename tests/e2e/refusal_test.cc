// Every refusal of signing is the same here and through the service: reason, place and exit code.
#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"

namespace sceau::test {
namespace {

using Options = std::vector<std::string>;

struct Refusal {
  const char* name;
  const char* reason;
  int exit_code;
  Options options = {"--all"};
  // What is done to a valid file with two bordereaux of mandats; null: nothing.
  std::function<std::string(const std::string&)> change = nullptr;
  // Signed with these options first.
  Options signed_before = {};
  gen::Dematerialisee dematerialisee = gen::Dematerialisee::kYes;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  Require(at != std::string::npos, std::string(from));
  return text.replace(at, from.size(), to);
}

std::function<std::string(const std::string&)> Replacing(std::string from, std::string to) {
  return [=](const std::string& text) { return Replaced(text, from, to); };
}

std::function<std::string(const std::string&)> Content(std::string whole) {
  return [=](const std::string&) { return whole; };
}

constexpr const char* kDeclared = R"(encoding="ISO-8859-1")";

const Refusal kRefusals[] = {
    {.name = "BordereauAlreadySigned",
     .reason = "ALREADY_SIGNED",
     .exit_code = 65,
     .signed_before = {"--all"}},
    {.name = "WholeFileAlreadySigned",
     .reason = "ALREADY_SIGNED",
     .exit_code = 65,
     .options = {"--whole"},
     .signed_before = {"--whole"}},
    {.name = "RootAlreadySigned",
     .reason = "ROOT_ALREADY_SIGNED",
     .exit_code = 65,
     .signed_before = {"--whole"}},
    {.name = "DuplicateId",
     .reason = "DUPLICATE_ID",
     .exit_code = 65,
     .change = Replacing(R"(Id="BORDD0002")", R"(Id="BORDD0001")")},
    {.name = "RuleBroken",
     .reason = "RULE_BROKEN",
     .exit_code = 65,
     .change = Replacing(R"(<NbrPce V="3"/>)", R"(<NbrPce V="4"/>)")},
    {.name = "SchemaBroken",
     .reason = "RULE_BROKEN",
     .exit_code = 65,
     .options = {"--whole"},
     .change = Replacing("<DteBordEm V=\"", "<DteBordEm V=\"le ")},
    {.name = "NoSuchBordereau",
     .reason = "BORDEREAU_NOT_FOUND",
     .exit_code = 65,
     .options = {"--bordereau", "NOWHERE"}},
    {.name = "Doctype",
     .reason = "DOCTYPE_REFUSED",
     .exit_code = 65,
     .change = Replacing("<n:PES_Aller", "<!DOCTYPE x>\n<n:PES_Aller")},
    {.name = "EncodingOfWindows",
     .reason = "ENCODING_REFUSED",
     .exit_code = 65,
     .change = Replacing(kDeclared, R"(encoding="windows-1252")")},
    {.name = "EncodingThatIsNotTheBytesOnes",
     .reason = "NOT_XML",
     .exit_code = 65,
     .change = Replacing(kDeclared, R"(encoding="UTF-8")")},
    {.name = "NotXml", .reason = "NOT_XML", .exit_code = 65, .change = Content("%PDF-1.7\n")},
    {.name = "EmptyFile", .reason = "NOT_XML", .exit_code = 65, .change = Content("")},
    {.name = "CutShort",
     .reason = "NOT_XML",
     .exit_code = 65,
     .change = [](const std::string& text) { return text.substr(0, text.size() / 2); }},
    {.name = "NotAPes",
     .reason = "DOCUMENT_UNKNOWN",
     .exit_code = 65,
     .change = Content("<document/>")},
    {.name = "RoleMissing",
     .reason = "ROLE_MISSING",
     .exit_code = 64,
     .options = {"--all", "--role", ""}},
    {.name = "PlaceMissing",
     .reason = "PLACE_MISSING",
     .exit_code = 64,
     .options = {"--all", "--city", ""}},
    {.name = "ProfileUnknown",
     .reason = "PROFILE_UNKNOWN",
     .exit_code = 64,
     .options = {"--all", "--profile", "no-such-profile"}},
    {.name = "FlagIsZero",
     .reason = "INFO_DEMATERIALISEE_MISSING",
     .exit_code = 65,
     .dematerialisee = gen::Dematerialisee::kNo},
    {.name = "FlagIsAbsent",
     .reason = "INFO_DEMATERIALISEE_MISSING",
     .exit_code = 65,
     .options = {"--whole"},
     .dematerialisee = gen::Dematerialisee::kAbsent},
};

class Refusals : public testing::TestWithParam<Refusal> {
 protected:
  std::string Input() {
    gen::PesSpec spec;
    spec.depense = 2;
    spec.dematerialisee = GetParam().dematerialisee;
    std::string input = appliance_.Generate("flux.xml", spec);
    if (!GetParam().signed_before.empty()) {
      const std::string before = appliance_.Path("before.xml");
      const ProcessResult sign =
          appliance_.Sceau(appliance_.SignHere(input, before, GetParam().signed_before));
      Require(sign.exit_code == 0, sign.err);
      input = before;
    }
    if (!GetParam().change) return input;
    const std::string changed = GetParam().change(ReadFile(input));
    auto file = OutputFile::Create(input, /*force=*/true);
    Require(file.ok() && file->Append(changed).ok() && file->Publish().ok(), input);
    return input;
  }

  Appliance appliance_;
};

TEST_P(Refusals, IsTheSameHereAndThroughTheService) {
  appliance_.Start();
  const std::string input = Input();
  const std::string output = appliance_.Path("signed.xml");
  const auto files = appliance_.Files();
  const ProcessResult here =
      appliance_.Sceau(appliance_.SignHere(input, output, GetParam().options));
  EXPECT_EQ(here.exit_code, GetParam().exit_code) << here.out << here.err;
  const Json said = Json::parse(here.out);
  EXPECT_EQ(said["error"]["reason"], GetParam().reason);
  const ProcessResult there =
      appliance_.Sceau(appliance_.SignThere(input, output, GetParam().options));
  EXPECT_EQ(there.exit_code, here.exit_code) << there.out << there.err;
  EXPECT_EQ(Json::parse(there.out), said);
  EXPECT_EQ(appliance_.Files(), files);
}

INSTANTIATE_TEST_SUITE_P(Signing, Refusals, testing::ValuesIn(kRefusals),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace sceau::test
