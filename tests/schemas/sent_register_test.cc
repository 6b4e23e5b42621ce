// Which supporting documents were sent is known again after a restart, a crash, another process.
#include "schemas/sent_register.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/strings.h"
#include "tests/schemas/documents.h"

namespace sceau::schemas {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1767225600);  // 2026-01-01

class SentRegisterTest : public testing::Test {
 protected:
  std::shared_ptr<FileSentRegister> Open() {
    auto opened = FileSentRegister::Open(folder_.path() + "/state");
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  std::string File() const {
    return Concat(folder_.path(), "/state/", FileSentRegister::kFileName);
  }
  static SentDocuments Facts(const std::string& name, std::initializer_list<std::string> ids) {
    SentDocuments out{"12345678901234", name, {}};
    for (const std::string& id : ids) out.documents.push_back({.id = id});
    return out;
  }
  static std::string SentIn(const SentRegister& known, const std::string& id) {
    const auto found = known.Find("12345678901234", id);
    return found ? found->file_name : "";
  }

  const test::TemporaryFolder folder_;
};

TEST_F(SentRegisterTest, WhatWasEnteredIsFoundAlsoLater) {
  const auto first = Open();
  ASSERT_TRUE(first->Add(Facts("a.xml", {"PJ1", "PJ2"}), "00aa", kNow).ok());
  ASSERT_TRUE(first->Add(Facts("b.xml", {"PJ2", "P\tJ\n3"}), "00bb", kNow).ok());
  for (const auto& known : {first, Open()}) {
    EXPECT_EQ(SentIn(*known, "PJ1"), "a.xml");
    EXPECT_EQ(SentIn(*known, "PJ2"), "a.xml");  // the first file
    EXPECT_EQ(SentIn(*known, "P\tJ\n3"), "b.xml");
    EXPECT_EQ(known->Find("12345678901234", "PJ1")->sha256, "00aa");
    EXPECT_EQ(SentIn(*known, "PJ4"), "");
    EXPECT_FALSE(known->Find("99999999999999", "PJ1"));  // of another collectivité
  }
}

TEST_F(SentRegisterTest, ADocumentIsKnownAsItWasSent) {
  const auto first = Open();
  SentDocuments sent = Facts("a.xml", {});
  sent.documents = {{.id = "PJ1", .name = "délib\té.pdf", .type = "003", .sha256 = "00cc"}};
  ASSERT_TRUE(first->Add(sent, "00aa", kNow).ok());
  for (const auto& known : {first, Open()}) {
    const auto found = known->Describe("12345678901234", "PJ1");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, "délib\té.pdf");
    EXPECT_EQ(found->type, "003");
    EXPECT_EQ(found->sha256, "00cc");
    EXPECT_EQ(found->in.file_name, "a.xml");
    EXPECT_EQ(found->at, kNow);
    EXPECT_FALSE(found->attested);
    EXPECT_FALSE(known->Describe("12345678901234", "PJ2"));
    EXPECT_FALSE(known->Describe("99999999999999", "PJ1"));
  }
}

// Sent beside what was signed first, and attested by who signs the same file after.
TEST_F(SentRegisterTest, WhatIsAttestedLaterIsAttestedFromThenOn) {
  const auto first = Open();
  ASSERT_TRUE(first->Add(Facts("a.xml", {"PJ1"}), "00aa", kNow).ok());
  SentDocuments attested = Facts("a2.xml", {"PJ1"});
  attested.documents[0].attested = true;
  ASSERT_TRUE(first->Add(attested, "00bb", kNow + absl::Hours(1)).ok());
  ASSERT_TRUE(first->Add(Facts("c.xml", {"PJ1"}), "00cc", kNow + absl::Hours(2)).ok());
  for (const auto& known : {first, Open()}) {
    EXPECT_EQ(SentIn(*known, "PJ1"), "a.xml");  // the first file, still
    const auto found = known->Describe("12345678901234", "PJ1");
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->attested);
    EXPECT_EQ(found->in.file_name, "a2.xml");
    EXPECT_EQ(found->at, kNow + absl::Hours(1));
  }
}

TEST_F(SentRegisterTest, AnEntryOfAnEarlierVersionIsAttestedByNobody) {
  ASSERT_TRUE(Open()->Add(Facts("a.xml", {"PJ1"}), "00aa", kNow).ok());
  std::ofstream(File(), std::ios::app) << "12345678901234\tPJ2\t00bb\told.xml\n";
  const auto known = Open();
  EXPECT_EQ(SentIn(*known, "PJ2"), "old.xml");
  const auto found = known->Describe("12345678901234", "PJ2");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->attested);
  EXPECT_EQ(found->at, absl::InfiniteFuture());
  EXPECT_EQ(found->sha256, "");
}

TEST_F(SentRegisterTest, ALineCutShortByACrashIsPassedOver) {
  ASSERT_TRUE(Open()->Add(Facts("a.xml", {"PJ1"}), "00aa", kNow).ok());
  std::ofstream(File(), std::ios::app) << "12345678901234\tPJ2\t00b";
  const auto known = Open();
  EXPECT_EQ(SentIn(*known, "PJ2"), "");
  ASSERT_TRUE(known->Add(Facts("c.xml", {"PJ3"}), "00cc", kNow).ok());
  EXPECT_EQ(SentIn(*Open(), "PJ1"), "a.xml");
  EXPECT_EQ(SentIn(*Open(), "PJ2"), "");
  EXPECT_EQ(SentIn(*Open(), "PJ3"), "c.xml");
}

TEST_F(SentRegisterTest, TwoProcessesAddToOneFile) {
  const auto here = Open();
  const auto there = Open();
  std::thread other([&] {
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(there->Add(Facts("b.xml", {Concat("B", i), "X"}), "00bb", kNow).ok());
    }
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(here->Add(Facts("a.xml", {Concat("A", i), "X"}), "00aa", kNow).ok());
  }
  other.join();
  const auto known = Open();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(SentIn(*known, Concat("A", i)), "a.xml");
    EXPECT_EQ(SentIn(*known, Concat("B", i)), "b.xml");
  }
  // One line each.
  std::ifstream lines(File());
  EXPECT_EQ(std::count(std::istreambuf_iterator<char>(lines), {}, '\n'), 41);
}

TEST_F(SentRegisterTest, AFolderThatCannotBeWrittenIsAnError) {
  std::ofstream(folder_.path() + "/file") << "x";
  const auto known = FileSentRegister::Open(folder_.path() + "/file/state");
  EXPECT_EQ(ReasonOf(known.status()), Reason::kSentRegisterUnusable);
  std::filesystem::create_directories(File());  // a folder in the file's place
  EXPECT_EQ(ReasonOf(FileSentRegister::Open(folder_.path() + "/state").status()),
            Reason::kSentRegisterUnusable);
}

TEST_F(SentRegisterTest, TheRulesLookItUp) {
  gen::PesSpec spec;
  spec.attachments = 2;
  spec.dematerialisee = gen::Dematerialisee::kNo;
  const std::string text = Generate(spec);
  CheckOptions options{.catalog = CatalogOf(""), .day = "2026-01-01"};
  const auto said = [&](const std::string& document) {
    auto check = CheckDocument(AsFile(document), options);
    EXPECT_TRUE(check.ok()) << check.status();
    return Said(*check);
  };
  const auto known = Open();
  options.sent = known;
  EXPECT_TRUE(said(text).empty());
  auto inspection = Inspect(AsFile(text));
  ASSERT_TRUE(known->Add(SentDocumentsOf(inspection->pes), "00aa", kNow).ok());
  // The same file again is none.
  EXPECT_TRUE(said(text).empty());
  // Another file with the same documents is refused by the accountant.
  const std::string other = Replaced(text, "_1.xml", "_2.xml");
  EXPECT_EQ(said(other),
            (std::vector<std::string>{Concat("PJ_ALREADY_SENT:", LineOf(text, "<PJ>")),
                                      Concat("PJ_ALREADY_SENT:", LineOf(text, "<PJ>", 2))}));
  // One that refers to them without sending them is right.
  const size_t from = other.find("<PES_PJ>"), to = other.find("</PES_PJ>") + 9;
  std::string referring = other;
  referring.erase(from, to - from);
  EXPECT_TRUE(said(referring).empty());
  options.sent = nullptr;
  EXPECT_EQ(said(referring).size(), 2u);  // PJ_NOT_IN_FILE
}

}  // namespace
}  // namespace sceau::schemas
