// Detached signatures and the answers to an act, through the command.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/sceau/run_command.h"
#include "tests/support/acte_document.h"
#include "tests/support/pdf_document.h"
#include "tests/support/soft_token.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kTime = "2025-01-01T00:00:00Z";

class SceauActe : public testing::Test {
 protected:
  SceauActe()
      : act_(folder_.Write("acte.xml", test::MakeActe())),
        pdf_(folder_.Write("acte.pdf", test::PdfOfPages({std::string(test::kTextPage)}))) {}

  Ended Run(const std::vector<std::string>& arguments) { return RunSceau(folder_, arguments); }
  // Makes the card on first use.
  Ended Sign(std::vector<std::string> arguments) {
    if (config_.empty()) {
      tokens_.AddToken("Carte", "73519264");
      test::KeyOptions key;
      key.kind = test::KeyKind::kRsa2048;
      tokens_.AddSigner("Carte", pki_, key);
      pki_.WriteAuthorities(folder_.path());
      config_ = folder_.Write(
          "sceau.toml", "modules = [\"" + test::SoftTokens::ModulePath() + "\"]\npin_source = \"" +
                            tokens_.PinFile("Carte") + "\"\nkey = \"pkcs11:token=Carte\"\n");
    }
    arguments.insert(arguments.begin(), "sign");
    arguments.insert(arguments.end(), {"--detached", "--at", kTime, "--allow-test-clock",
                                       "--config", config_});
    return Run(arguments);
  }
  Ended Verify(const std::string& file, const std::vector<std::string>& contents) {
    std::vector<std::string> arguments = {"verify", file,      "--json", "--at",
                                          kTime,    "--trust", In(folder_, "root.pem")};
    for (const std::string& it : contents) {
      arguments.insert(arguments.end(), {"--content", it});
    }
    return Run(arguments);
  }

  TemporaryFolder folder_;
  test::SoftTokens tokens_;
  test::TestPki pki_;
  std::string config_;
  const std::string act_, pdf_;
  const std::string output_ = In(folder_, "signed.xml");
};

TEST_F(SceauActe, ADetachedSignatureIsOfTheFileBesideIt) {
  const Ended sign = Sign({pdf_, "-o", output_});
  ASSERT_EQ(sign.code, 0) << sign.err;
  const Ended good = Verify(output_, {pdf_});
  EXPECT_EQ(good.code, 0) << good.out;
  EXPECT_EQ(Json::parse(good.out)["files"][0]["signatures"][0]["integrity"], "INTACT");
  const Ended alone = Verify(output_, {});
  EXPECT_EQ(alone.code, 2) << alone.out;
  EXPECT_EQ(Json::parse(alone.out)["files"][0]["signatures"][0]["integrity"], "UNCHECKED");
  folder_.Write("acte.pdf", ReadFile(pdf_) + "\n");
  EXPECT_EQ(Verify(output_, {pdf_}).code, 1);
}

TEST_F(SceauActe, ASignatureInTheMessageOfTheAct) {
  const Ended sign = Sign({pdf_, "--acte", act_, "-o", output_});
  ASSERT_EQ(sign.code, 0) << sign.err;
  EXPECT_EQ(Verify(output_, {pdf_}).code, 0);
  const Json inspected = Json::parse(Run({"inspect", output_, "--json"}).out);
  EXPECT_EQ(inspected["kind"], "ACTE");
  EXPECT_EQ(inspected["acte"]["files"][0]["signed"], true);
}

TEST_F(SceauActe, TheCardAtTheDeskSignsNothingInAMessageAndItIsSaid) {
  const Ended sign = Run({"sign", pdf_, "--detached", "--acte", act_, "-o", output_, "--server",
                          "127.0.0.1:1", "--key", "pkcs11:token=Carte"});
  EXPECT_EQ(sign.code, 64);
  EXPECT_THAT(sign.err, HasSubstr("--acte --server --key"));
  EXPECT_FALSE(std::filesystem::exists(output_));
}

TEST_F(SceauActe, Answers) {
  const std::string receipt = folder_.Write("ar.xml", test::MakeReceipt());
  const Ended received = Run({"acte", "answers", act_, "--answer", receipt, "--json"});
  EXPECT_EQ(received.code, 0) << received.err;
  const Json json = Json::parse(received.out);
  EXPECT_EQ(json["answer"], "RECEIVED");
  EXPECT_EQ(json["receptionDate"], "2025-03-15");
  EXPECT_TRUE(json["anomaly"].is_null());

  const std::string anomaly =
      folder_.Write("anomalie.xml", test::MakeAnomaly({}, "ligne 3 : valeur interdite"));
  const Ended refused = Run({"acte", "answers", act_, "--answer", anomaly, "--json"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(Json::parse(refused.out)["anomaly"]["detail"], "ligne 3 : valeur interdite");
  EXPECT_THAT(Run({"acte", "answers", act_, "--answer", anomaly}).out, HasSubstr("anomalie du 2025"));

  const std::string other =
      folder_.Write("other.xml", test::MakeReceipt({.number = "2025-018"}));
  const Ended mismatch = Run({"acte", "answers", act_, "--answer", other});
  EXPECT_EQ(mismatch.code, 65);
  EXPECT_THAT(mismatch.err, HasSubstr("2025-017 / 2025-018"));
}

}  // namespace
}  // namespace sceau::cli
