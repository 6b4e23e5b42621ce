// sceau pes attachments with the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/json.h"
#include "tests/sceau/run_command.h"
#include "tests/support/require.h"
#include "tools/gen/generator.h"

namespace sceau::cli {
namespace {

using testing::HasSubstr;

class Attachments : public testing::Test {
 protected:
  static std::string Generate() {
    gen::PesSpec spec;
    spec.attachments = 3;
    std::string out;
    const auto summary = gen::WritePes(spec, [&](std::string_view bytes) {
      out.append(bytes);
      return OkStatus();
    });
    test::Require(summary.ok(), summary.status().ToString());
    return out;
  }
  Ended Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"pes", "attachments"});
    return RunSceau(folder_, arguments);
  }
  TemporaryFolder folder_;
  const std::string document_ = Generate();
  const std::string file_ = folder_.Write("flux.xml", document_);
  const std::string out_ = In(folder_, "pieces");
};

TEST_F(Attachments, AreListedWithTypeAndDigest) {
  const Ended run = Run({file_, "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const Json list = Json::parse(run.out)["attachments"];
  const Json inspected =
      Json::parse(RunSceau(folder_, {"inspect", file_, "--json"}).out)["piecesJustificatives"];
  ASSERT_EQ(list.size(), inspected.size());
  ASSERT_GE(list.size(), 3u);
  for (size_t i = 0; i < list.size(); ++i) {
    EXPECT_EQ(list[i]["sha256"], inspected[i]["sha256"]);
    EXPECT_EQ(list[i]["contentType"], "PDF");
    EXPECT_TRUE(list[i]["file"].is_null());
  }
  EXPECT_FALSE(std::filesystem::exists(out_));
}

TEST_F(Attachments, AreWrittenWholeAndNoFileIsReplaced) {
  const Ended run = Run({file_, "-o", out_, "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  size_t files = 0;
  const Json list = Json::parse(run.out)["attachments"];
  for (const Json& it : list) {
    const std::string content = ReadFile(In(folder_, "pieces/" + it["file"].get<std::string>()));
    EXPECT_EQ(ToHex(DigestOf(DigestAlgorithm::kSha256, content)), it["sha256"]);
    ++files;
  }
  EXPECT_GE(files, 3u);
  const Ended again = Run({file_, "--extract", out_});
  EXPECT_EQ(again.code, 73);
  EXPECT_THAT(again.err, HasSubstr("existe déjà"));
}

TEST_F(Attachments, AFileThatPointsOutsideIsNotFollowed) {
  const Json list = Json::parse(Run({file_, "-o", out_, "--json"}).out)["attachments"];
  const std::string name = list[0]["file"];
  const std::string outside = folder_.Write("outside", "precious");
  const std::string trap = In(folder_, "trap");
  std::filesystem::create_directory(trap);
  std::filesystem::create_symlink(outside, trap + "/" + name);
  EXPECT_EQ(Run({file_, "-o", trap}).code, 73);
  EXPECT_EQ(ReadFile(outside), "precious");
}

TEST_F(Attachments, AnUnreadableContentIsSaidAndNotWritten) {
  std::string broken = document_;
  const size_t at = broken.find('>', broken.find("<Fichier")) + 1;
  broken.replace(at, 4, "AAAA");
  const Ended run = Run({folder_.Write("broken.xml", broken), "-o", out_, "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const Json list = Json::parse(run.out)["attachments"];
  EXPECT_TRUE(list[0]["sha256"].is_null());
  EXPECT_TRUE(list[0]["file"].is_null());
  EXPECT_FALSE(list[1]["file"].is_null());
}

TEST_F(Attachments, OtherDocumentsAreRefused) {
  EXPECT_EQ(Run({folder_.Write("a.xml", "<a/>")}).code, 65);
}

}  // namespace
}  // namespace sceau::cli
