// The real program: a file, the accountant's acknowledgement, the file without what was refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/sceau/files.h"
#include "tests/sceau/run_command.h"
#include "tools/gen/acquit.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;

class SceauWithout : public testing::Test {
 protected:
  SceauWithout() {
    spec_.depense = 2;
    spec_.attachments = 3;
    flux_ = folder_.Write("flux.xml", *gen::PesText(spec_));
    gen::AcquitSpec answer;
    EXPECT_TRUE(gen::AddRefusal("D1/1", answer).ok());
    EXPECT_TRUE(gen::AddRefusal("R1", answer).ok());
    acquit_ = folder_.Write("acquit.xml", *gen::AcquitText(spec_, answer));
    out_ = In(folder_, "reprise.xml");
  }
  Ended Without(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"pes", "without", flux_, "-o", out_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunSceau(folder_, arguments);
  }

  TemporaryFolder folder_;
  gen::PesSpec spec_;
  std::string flux_, acquit_, out_;
};

TEST_F(SceauWithout, EachThingLeftOutAndMendedIsSaid) {
  const Ended run = Without({"--acquit", acquit_, "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const Json json = Json::parse(run.out);
  EXPECT_EQ(json["output"], out_);
  EXPECT_EQ(json["size"], ReadFile(out_).size());
  EXPECT_THAT(json["fileName"]["to"].get<std::string>(), HasSubstr("-R1.xml"));
  ASSERT_EQ(json["pieces"].size(), 4u);
  EXPECT_EQ(json["pieces"][0]["bordereau"], "BORDD0001");
  EXPECT_EQ(json["pieces"][0]["why"], "REFUSED");
  EXPECT_EQ(json["pieces"][0]["errors"][0]["code"], "ERREUR_AUTRE");
  EXPECT_EQ(json["bordereaux"], Json({"BORDR0001"}));
  EXPECT_EQ(json["mended"][0]["element"], "NbrPce");
  EXPECT_EQ(json["mended"][0]["from"], "3");
  EXPECT_EQ(json["mended"][0]["to"], "2");
  EXPECT_EQ(json["cumulativeAmountsToReview"], Json({"BORDD0002"}));
  EXPECT_EQ(json["signaturesDropped"], Json::array());
  const Ended check = RunSceau(folder_, {"check", out_, "--json"});
  EXPECT_EQ(check.code, 0) << check.out;
}

TEST_F(SceauWithout, APersonReadsItInFrenchOrEnglish) {
  const Ended french = Without({"--acquit", acquit_});
  ASSERT_EQ(french.code, 0) << french.err;
  EXPECT_THAT(french.err, HasSubstr("sans la pièce BORDD0001/"));
  EXPECT_THAT(french.err, HasSubstr("rejetée"));
  EXPECT_THAT(french.err, HasSubstr("Compte fonction présent à tort"));
  EXPECT_THAT(french.err, HasSubstr("sans le bordereau BORDR0001"));
  const Ended english = Without({"--acquit", acquit_, "--force", "--lang", "en"});
  ASSERT_EQ(english.code, 0) << english.err;
  EXPECT_THAT(english.err, HasSubstr("without the piece BORDD0001/"));
}

// The numbers of the pieces, in the order of the file.
std::vector<std::string> Numbers(const std::string& pes) {
  std::vector<std::string> out;
  constexpr std::string_view kOpen = "<IdPce V=\"";
  for (size_t at = pes.find(kOpen); at != std::string::npos; at = pes.find(kOpen, at)) {
    at += kOpen.size();
    out.push_back(pes.substr(at, pes.find('"', at) - at));
  }
  return out;
}

TEST_F(SceauWithout, APieceThatIsNamedIsLeftOut) {
  const std::string number = Numbers(ReadFile(flux_)).at(1);
  const Ended run = Without({"--piece", "BORDD0001/" + number, "--json"});
  ASSERT_EQ(run.code, 0) << run.err << run.out;
  const Json json = Json::parse(run.out);
  ASSERT_EQ(json["pieces"].size(), 1u);
  EXPECT_EQ(json["pieces"][0]["bordereau"], "BORDD0001");
  EXPECT_EQ(json["pieces"][0]["piece"], number);
  EXPECT_EQ(json["pieces"][0]["why"], "ASKED");
  EXPECT_EQ(json["bordereaux"], Json::array());
  EXPECT_EQ(Numbers(ReadFile(out_)).size(), Numbers(ReadFile(flux_)).size() - 1);
  EXPECT_EQ(RunSceau(folder_, {"check", out_}).code, 0);
}

TEST_F(SceauWithout, SeveralNamedPiecesAndThoseOfAnAcknowledgementGoTogether) {
  const std::vector<std::string> numbers = Numbers(ReadFile(flux_));
  const Ended run = Without({"--acquit", acquit_, "--piece", "BORDD0002/" + numbers.at(3),
                             "--piece", "BORDD0002/" + numbers.at(4), "--json"});
  ASSERT_EQ(run.code, 0) << run.err << run.out;
  const Json json = Json::parse(run.out);
  // One refused of the first, two named of the second, the bordereau of titres.
  EXPECT_EQ(json["pieces"].size(), 6u);
  EXPECT_EQ(json["bordereaux"], Json({"BORDR0001"}));
  EXPECT_EQ(Numbers(ReadFile(out_)),
            (std::vector<std::string>{numbers.at(1), numbers.at(2), numbers.at(5)}));
  EXPECT_EQ(RunSceau(folder_, {"check", out_}).code, 0);
}

TEST_F(SceauWithout, WhatWasTakenInIsLeftOutWhenAsked) {
  const std::vector<std::string> numbers = Numbers(ReadFile(flux_));
  const Ended run = Without({"--acquit", acquit_, "--omit-accepted", "--json"});
  ASSERT_EQ(run.code, 0) << run.err << run.out;
  const Json json = Json::parse(run.out);
  EXPECT_EQ(json["bordereaux"], Json({"BORDD0002", "BORDR0001"}));
  size_t accepted = 0;
  for (const Json& it : json["pieces"]) accepted += it["why"] == "ACCEPTED" ? 1 : 0;
  EXPECT_EQ(accepted, 3u);
  ASSERT_FALSE(json["piecesJustificatives"].empty());
  EXPECT_EQ(json["piecesJustificatives"][0]["why"], "ACCEPTED");
  // What the answer does not speak of stays.
  EXPECT_EQ(Numbers(ReadFile(out_)), (std::vector<std::string>{numbers.at(1), numbers.at(2)}));
  const Ended text = Without({"--acquit", acquit_, "--omit-accepted", "--force"});
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.err, HasSubstr("déjà intégrée"));
}

TEST_F(SceauWithout, TheOutputIsWholeOrAbsent) {
  const std::string other = folder_.Write("other.xml", *gen::AcquitText({.seed = 7}, {}));
  const Ended run = Without({"--acquit", other, "--json"});
  EXPECT_EQ(run.code, 65);
  EXPECT_EQ(Json::parse(run.out)["error"]["reason"], "ACQUIT_MISMATCH");
  EXPECT_EQ(Without({"--piece", "BORDD0001/1"}).code, 65);
  EXPECT_EQ(Without({}).code, 64);
  EXPECT_EQ(Without({"--piece", "BORDD0001/1", "--omit-accepted"}).code, 64);
  EXPECT_FALSE(std::filesystem::exists(out_));
  folder_.Write("reprise.xml", "before");
  EXPECT_EQ(Without({"--acquit", acquit_}).code, 73);
  EXPECT_EQ(ReadFile(out_), "before");
}

TEST_F(SceauWithout, EachPartOfTheFileHasItsAnswer) {
  const Ended run = RunSceau(folder_, {"pes", "answers", flux_, "--acquit", acquit_, "--json"});
  EXPECT_EQ(run.code, 1) << run.err;
  const Json json = Json::parse(run.out);
  ASSERT_EQ(json["bordereaux"].size(), 3u);
  EXPECT_EQ(json["bordereaux"][0]["answer"], "REFUSED");
  EXPECT_EQ(json["bordereaux"][0]["pieces"][0]["answer"], "REFUSED");
  EXPECT_EQ(json["bordereaux"][0]["pieces"][0]["errors"][0]["code"], "ERREUR_AUTRE");
  EXPECT_EQ(json["bordereaux"][0]["pieces"][1]["answer"], "UNANSWERED");
  EXPECT_EQ(json["bordereaux"][1]["answer"], "ACCEPTED");
  EXPECT_EQ(json["bordereaux"][2]["answer"], "REFUSED");
  EXPECT_EQ(json["piecesJustificatives"][0]["answer"], "ACCEPTED");
  const std::string good = folder_.Write("good.xml", *gen::AcquitText(spec_, {}));
  EXPECT_EQ(RunSceau(folder_, {"pes", "answers", flux_, "--acquit", good}).code, 0);
}

TEST_F(SceauWithout, AnAcknowledgementIsShown) {
  const Ended run = RunSceau(folder_, {"inspect", acquit_, "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const Json json = Json::parse(run.out);
  EXPECT_EQ(json["kind"], "PES_ACQUIT");
  EXPECT_THAT(json["answers"].get<std::string>(), HasSubstr("PESALR2_"));
  ASSERT_EQ(json["acquit"].size(), 6u);
  EXPECT_EQ(json["acquit"][3]["domain"], "DEPENSE");
  EXPECT_EQ(json["acquit"][3]["accepted"], false);
  EXPECT_EQ(json["acquit"][3]["pieces"][0]["errors"][0]["code"], "ERREUR_AUTRE");
  const Ended text = RunSceau(folder_, {"check", acquit_});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("ACQUIT_REFUSED"));
}

}  // namespace
}  // namespace sceau::cli
