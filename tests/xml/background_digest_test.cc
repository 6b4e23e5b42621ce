#include "xml/background_digest.h"

#include <gtest/gtest.h>

namespace sceau::xml {
namespace {

constexpr auto kSha256 = DigestAlgorithm::kSha256;

std::string Octets(size_t size) {
  std::string text;
  for (size_t i = 0; i < size; ++i) text += static_cast<char>(i * 7 + i / 251);
  return text;
}

// Whether a thread helps or not, and however the octets come, the digest is that of all of them.
TEST(BackgroundDigest, EqualsTheDigestOfAllThatWasWritten) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{512 * 1024}, size_t{3'000'001}}) {
    const std::string text = Octets(size);
    for (const int64_t expected : {int64_t{0}, int64_t{1} << 40}) {
      for (const size_t step : {size_t{1009}, size_t{256 * 1024}, size_t{2'000'000}}) {
        BackgroundDigest digest(kSha256, expected);
        for (size_t at = 0; at < size; at += step) {
          digest.Write(std::string_view(text).substr(at, step));
        }
        EXPECT_EQ(digest.Finish(), DigestOf(kSha256, text)) << size << " by " << step;
      }
    }
  }
}

TEST(BackgroundDigest, CanBeAbandoned) {
  BackgroundDigest digest(kSha256, int64_t{1} << 40);
  digest.Write(Octets(3'000'000));
}

}  // namespace
}  // namespace sceau::xml
