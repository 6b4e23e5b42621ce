// A reader that crashes, hangs or lies costs one content, and no process stays behind.
#include "contents/reader.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <thread>

#include "tests/contents/content_file.h"
#include "tests/support/pdf_document.h"

namespace sceau::contents {
namespace {

ReaderOptions Misbehaving(std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
  return {.program = SCEAU_TEST_CHILD, .deadline = deadline};
}

bool NoChildIsLeft() { return ::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD; }

TEST(Reader, TakesTheAnswerOfAProgramThatEndsWell) {
  EXPECT_EQ(FactsOf("good", Format::kPdf, Misbehaving()).outcome, Outcome::kRead);
  EXPECT_TRUE(NoChildIsLeft());
}

TEST(Reader, AnyOtherEndIsAFailedReading) {
  for (const char* how :
       {"crash", "answer then fail", "nonsense", "cut off", "endless", "silent"}) {
    EXPECT_EQ(FactsOf(how, Format::kPdf, Misbehaving()).outcome, Outcome::kFailed) << how;
    EXPECT_TRUE(NoChildIsLeft()) << how;
  }
}

TEST(Reader, KillsWhatDoesNotEndInTime) {
  for (const char* how : {"hang", "answer then hang"}) {
    EXPECT_EQ(FactsOf(how, Format::kPdf, Misbehaving(std::chrono::milliseconds(100))).outcome,
              Outcome::kFailed)
        << how;
    EXPECT_TRUE(NoChildIsLeft()) << how;
  }
}

TEST(Reader, SaysWhenThereIsNoProgram) {
  const auto facts = ReadContent(AsFile("x"), Format::kPdf, {.program = "/nonexistent/program"});
  EXPECT_EQ(ReasonOf(facts.status()), Reason::kInternal);
}

TEST(Reader, ServesSeveralThreadsAtOnce) {
  const std::string pdf = test::PdfOfPages({std::string(test::kTextPage)});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5; ++n) EXPECT_EQ(FactsOf(pdf, Format::kPdf).outcome, Outcome::kRead);
    });
  }
  for (std::thread& it : threads) it.join();
  EXPECT_TRUE(NoChildIsLeft());
}

}  // namespace
}  // namespace sceau::contents
