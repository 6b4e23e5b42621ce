// P-39: a token that is asked for is of this question and of no other.
#include "verifier/time_stamp_request.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/loopback_server.h"
#include "tests/support/time_stamp_authority.h"
#include "verifier/time_stamp.h"

namespace sceau::test {
namespace {

constexpr std::string_view kOctets = "what is to be stamped";

class TimeStampRequests : public testing::Test {
 protected:
  TimeStampRequests()
      : key_(NewEcKey()),
        authority_(pki_.Issue(key_.get(), TimeStampingLeaf()), key_.get(), pki_.issuing()) {}

  // What each question is answered, by the authority's answer to it.
  StatusOr<std::string> Ask(const std::function<std::string(const std::string&)>& answer,
                            int status = 200) {
    LoopbackServer server;
    server.Answer([&](const std::string&, const std::string& query) {
      return HttpAnswer{status, answer(authority_.Respond(query))};
    });
    return verifier::RequestTimeStamp(server.Url("/tsa"), kOctets);
  }
  void ExpectRefused(const StatusOr<std::string>& token) const {
    EXPECT_EQ(ReasonOf(token.status()), Reason::kServiceUnavailable);
  }

  TestPki pki_;
  EvpPkeyHandle key_;
  TimeStampAuthority authority_;
};

TEST_F(TimeStampRequests, TokenOverTheOctets) {
  const auto token = Ask([](const std::string& response) { return response; });
  ASSERT_TRUE(token.ok()) << token.status();
  const auto read = verifier::TimeStamp::Parse(*token);
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->Imprints(kOctets));
}

TEST_F(TimeStampRequests, P39_AnswerToAnEarlierQuestionOfTheSame) {
  std::string earlier;
  ASSERT_TRUE(Ask([&](const std::string& response) { return earlier = response; }).ok());
  ASSERT_FALSE(earlier.empty());
  ExpectRefused(Ask([&](const std::string&) { return earlier; }));  // its nonce is another
}

TEST_F(TimeStampRequests, P39_AnswersThatAreNone) {
  ExpectRefused(Ask([](const std::string&) { return "no"; }));
  ExpectRefused(Ask([](const std::string& response) { return response.substr(0, 100); }));
  ExpectRefused(Ask([](const std::string& response) { return response; }, 500));
  // A refusal of the authority: status 2, and no token.
  ExpectRefused(
      Ask([](const std::string&) { return std::string("\x30\x05\x30\x03\x02\x01\x02"); }));
}

}  // namespace
}  // namespace sceau::test
