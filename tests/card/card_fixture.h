// A card of one person, a reader, a file to sign and the command's configuration.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/card/virtual_reader.h"
#include "tests/sceau/run_command.h"
#include "tests/support/require.h"
#include "tests/support/test_pki.h"
#include "tools/gen/generator.h"

namespace sceau::cli {

using test::PivCard;
using test::VirtualReader;
using testing::HasSubstr;
using testing::Not;

inline constexpr const char* kTime = "2025-01-01T00:00:00Z";
inline constexpr const char* kPin = "735192";
inline constexpr int kBordereaux = 3;
inline constexpr const char* kAskSign = "[o/N]";
inline constexpr const char* kAskPin = "PIN (";

class Card : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = test::WhyNoReader(); !why.empty()) GTEST_SKIP() << why;
    reader_.emplace();
    pki_.WriteAuthorities(folder_.path());
    input_ = folder_.Write("flux.xml", Generate());
    output_ = In(folder_, "flux-signe.xml");
    pin_file_ = folder_.Write("pin", std::string(kPin) + "\n");
    config_ = folder_.Write("sceau.toml", R"(modules = [")" SCEAU_OPENSC R"("]
[signature]
role = "Maire"
city = "Nouméa"
postal_code = "98800"
country = "NC"
)");
  }

  static std::string Generate() {
    gen::PesSpec spec;
    spec.depense = kBordereaux;
    spec.recette = 0;
    const auto text = gen::PesText(spec);
    test::Require(text.ok(), text.status().ToString());
    return *text;
  }

  // A card of this person, out of the reader.
  std::shared_ptr<PivCard> NewCard(const std::string& name, EvpPkeyHandle key = test::NewRsaKey()) {
    test::LeafOptions leaf;
    leaf.common_name = name;
    const std::string certificate = pki_.Issue(key.get(), leaf);
    std::string guid(16, '\0');
    guid.front() = static_cast<char>(++cards_);
    return std::make_shared<PivCard>(std::move(key), certificate, kPin, guid);
  }
  std::shared_ptr<PivCard> InsertedCard() {
    std::shared_ptr<PivCard> card = NewCard("Hélène Ordonnatrice");
    reader_->Insert(card);
    return card;
  }

  std::vector<std::string> SignArguments(const std::string& key = "pkcs11:type=private") const {
    return {"sign",  input_, "-o",       output_, "--all", "--at", kTime, "--allow-test-clock",
            "--key", key,    "--config", config_};
  }
  Ended Sign(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = SignArguments();
    arguments.insert(arguments.end(), {"--json", "--pin-source", pin_file_});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunSceau(folder_, arguments);
  }
  Ended SignOnTerminal(const std::string& pin, const std::function<void()>& meanwhile = {}) {
    return RunSceauOnTerminal(folder_, SignArguments(),
                              {{kAskSign, "o\n", meanwhile}, {kAskPin, pin + "\n", {}}});
  }
  Ended List(const std::string& what) {
    return RunSceau(folder_, {what, "list", "--json", "--config", config_});
  }

  static std::string ReasonIn(const Ended& run) {
    const Json said = Json::parse(run.out, nullptr, false);
    return said.contains("error") ? said["error"]["reason"].get<std::string>() : run.out;
  }
  // The output with every bordereau signed by a valid signature.
  bool OutputIsWhole() {
    const Ended run = RunSceau(folder_, {"verify", output_, "--json", "--at", kTime, "--trust",
                                         In(folder_, "issuing.pem")});
    if (run.code != 0) return false;
    return Json::parse(run.out)["files"][0]["signatures"].size() == kBordereaux;
  }
  // Neither the output nor any part of it under another name.
  void ExpectNoOutput() {
    EXPECT_FALSE(std::filesystem::exists(output_));
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("flux-signe")));
    }
  }

  std::optional<VirtualReader> reader_;
  TemporaryFolder folder_;
  test::TestPki pki_;
  std::string input_, output_, pin_file_, config_;
  int cards_ = 0;
};

}  // namespace sceau::cli
