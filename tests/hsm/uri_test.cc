#include "hsm/uri.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/hsm/uri_faults.h"

namespace sceau::hsm {
namespace {

std::string Refusal(const std::string& text) {
  const auto uri = Uri::Parse(text);
  EXPECT_EQ(ReasonOf(uri.status()), Reason::kKeyUriInvalid) << text;
  return DetailOf(uri.status());
}

TEST(UriTest, P57_AModulePathIsRefused) {
  EXPECT_EQ(Refusal("pkcs11:object=a?module-path=/tmp/evil.so"), "module-path");
  EXPECT_EQ(Refusal("pkcs11:object=a?module-name=evil"), "module-name");
}

TEST(UriTest, P58_APinInTheUriIsRefusedAndNotRepeated) {
  EXPECT_EQ(Refusal("pkcs11:object=a?pin-value=canary"), "pin-value");
}

TEST(UriTest, P57_BrokenUrisAreRefused) {
  EXPECT_EQ(Refusal(""), "scheme");
  EXPECT_EQ(Refusal("https://example.org"), "scheme");
  EXPECT_EQ(Refusal("pkcs11:object=%zz"), "encoding");
  EXPECT_EQ(Refusal("pkcs11:object=%"), "encoding");
  EXPECT_EQ(Refusal("pkcs11:object"), "syntax");
  EXPECT_EQ(Refusal(std::string("pkcs11:object=a\0b", 17)), "syntax");
  EXPECT_EQ(Refusal("pkcs11:objet=a"), "unknown attribute");
  EXPECT_EQ(Refusal("pkcs11:type=secret-key"), "type");
}

// p11-kit would stop reading there: the key would be any of the token's, the PIN be admitted.
TEST(UriTest, P57_AnEmptyAttributeIsRefused) {
  for (const char* text :
       {"pkcs11:token=a;;object=b", "pkcs11:;c=a?pin-value=canary", "pkcs11:token=a;",
        "pkcs11:token=a?pin-source=/run/pin&&pin-value=canary", "pkcs11:?&module-path=/evil.so"}) {
    EXPECT_EQ(Refusal(text), "empty attribute") << text;
  }
  EXPECT_TRUE(Uri::Parse("pkcs11:").ok());
  EXPECT_TRUE(Uri::Parse("pkcs11:token=a?").ok());
}

TEST(UriTest, APinSourceIsAFile) {
  for (const char* source : {"/run/pin", "file:/run/pin", "file:///run/pin",
                             "file://localhost/run/pin", "%2Frun%2Fpin"}) {
    const auto uri = Uri::Parse(std::string("pkcs11:object=a?pin-source=") + source);
    ASSERT_TRUE(uri.ok()) << source << ": " << uri.status();
    EXPECT_EQ(uri->pin_source(), "/run/pin") << source;
  }
  for (const char* source :
       {"|/usr/bin/cat%20pin", "relative", "https://example.org/pin", "file://example.org/pin"}) {
    EXPECT_EQ(Refusal(std::string("pkcs11:object=a?pin-source=") + source), "pin-source");
  }
}

TEST(UriTest, KeysAreMatchedByIdAndByAnyOfTheirLabels) {
  const std::vector<std::string> labels{"key", "certificate"};
  const auto matches = [&](const char* text) {
    const auto uri = Uri::Parse(text);
    EXPECT_TRUE(uri.ok()) << uri.status();
    return uri.ok() && uri->MatchesKey("\x01\x02", labels);
  };
  EXPECT_TRUE(matches("pkcs11:"));
  EXPECT_TRUE(matches("pkcs11:id=%01%02"));
  EXPECT_FALSE(matches("pkcs11:id=%01"));
  EXPECT_FALSE(matches("pkcs11:id=%01%02%03"));
  EXPECT_TRUE(matches("pkcs11:object=key"));
  EXPECT_TRUE(matches("pkcs11:object=certificate"));
  EXPECT_FALSE(matches("pkcs11:object=ke"));
  EXPECT_FALSE(matches("pkcs11:object=key;id=%01"));
  EXPECT_FALSE(matches("pkcs11:object="));
}

// Damaged URIs of every kind: an answer, never a crash (run under the sanitizers).
TEST(UriTest, P57_NoDamageToAUriBreaksTheParser) {
  const std::string good =
      "pkcs11:model=m;manufacturer=f;serial=%31;token=t;id=%00%ff;object=%c3%a9;type=private;"
      "library-version=1.2;slot-id=3?pin-source=file:/run/pin";
  ASSERT_TRUE(Uri::Parse(good).ok());
  int refused = 0;
  for (size_t at = 0; at < good.size(); ++at) {
    for (const char byte : {'%', ';', '?', '=', '\x80', '\0'}) {
      std::string damaged = good;
      damaged[at] = byte;
      refused += Uri::Parse(damaged).ok() ? 0 : 1;
    }
    refused += Uri::Parse(good.substr(0, at)).ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 0);
}

// The seeds of fuzz/uri_fuzz.cc, without a fuzzer.
TEST(UriTest, P57_TheSeedsOfTheFuzzTargetHoldNoFault) {
  int seeds = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(SCEAU_SOURCE_DIR) + "/fuzz/corpus/uri")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(FaultOfUri(text), "") << entry.path();
    ++seeds;
  }
  EXPECT_GT(seeds, 20);
}

}  // namespace
}  // namespace sceau::hsm
