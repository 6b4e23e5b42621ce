#include "server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "proto/address.h"

namespace sceau::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Config, DefaultsAreThoseOfTheEmbeddedText) {
  const auto config = LoadConfig("");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->listen, "127.0.0.1:50051");
  EXPECT_EQ(config->max_document_size, int64_t{512} << 20);
  EXPECT_EQ(config->idle_timeout, absl::Seconds(30));
  EXPECT_TRUE(config->competence_enforced);  // unless it is said in words
  EXPECT_EQ(config->competence_register, "");
  EXPECT_TRUE(config->keys.empty());
  EXPECT_THAT(DefaultConfigText(), HasSubstr("max_size = \"512 MiB\""));
}

TEST(Config, GivenValuesReplaceDefaults) {
  const auto config = ParseConfig(R"(
listen = "[::1]:0"
[documents]
max_size = 1048576
[limits]
idle_timeout = "1m30s"
[trust]
anchors = ["a.pem", "folder"]
[signature]
role = "Maire"
[[keys]]
name = "maire"
uri = "pkcs11:token=t;object=o"
pin_source = "pin"
[[keys]]
name = "adjoint"
uri = "pkcs11:token=t;object=p"
)",
                                  "f.toml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->listen, "[::1]:0");
  EXPECT_EQ(config->max_document_size, 1 << 20);
  EXPECT_EQ(config->idle_timeout, absl::Seconds(90));
  EXPECT_THAT(config->anchors, ::testing::ElementsAre("a.pem", "folder"));
  EXPECT_EQ(config->role, "Maire");
  ASSERT_EQ(config->keys.size(), 2u);
  EXPECT_EQ(config->keys[0].pin_source, "pin");
  EXPECT_EQ(config->keys[1].name, "adjoint");
}

struct Refused {
  const char* name;
  const char* text;
  const char* element;
  const char* detail;
  int line;
};

class ConfigRefusal : public ::testing::TestWithParam<Refused> {};

TEST_P(ConfigRefusal, NamesKeyPlaceAndFault) {
  const auto config = ParseConfig(GetParam().text, "f.toml");
  ASSERT_EQ(ReasonOf(config.status()), Reason::kConfigInvalid);
  EXPECT_EQ(PlaceOf(config.status()).element, GetParam().element);
  EXPECT_EQ(PlaceOf(config.status()).line, GetParam().line);
  EXPECT_THAT(DetailOf(config.status()), HasSubstr(GetParam().detail));
  EXPECT_THAT(DetailOf(config.status()), HasSubstr("f.toml"));
}

INSTANTIATE_TEST_SUITE_P(
    Each, ConfigRefusal,
    ::testing::Values(
        Refused{"UnknownKey", "[documents]\nmax_sise = 1", "documents.max_sise",
                "unknown key; nearest: documents.max_size", 2},
        Refused{"UnknownSection", "[document]\nmax_size = 1", "document", "nearest:", 1},
        Refused{"UnknownTopLevel", "listn = \"x\"", "listn", "nearest: listen", 1},
        Refused{"UnknownKeyOfAKey", "[[keys]]\nname='a'\nurl='pkcs11:'", "keys.url",
                "nearest: keys.uri", 3},
        Refused{"NoPort", "listen = \"127.0.0.1\"", "listen", "with port", 1},
        Refused{"RelativeSocket", "socket = \"s\"", "socket", "absolute", 1},
        Refused{"IdentityHalfAsked", "[identity]\nmode = \"none\"", "identity.mode",
                "\"local-without-identity\"", 2},
        Refused{"UnknownRole", "[identity]\nlocal_roles = [\"singer\"]", "identity.local_roles",
                "nearest: signer", 2},
        Refused{"CallerWithoutProof", "[[callers]]\nname = 'a'", "callers", "one of certificate",
                1},
        Refused{"CallerWithTwoProofs",
                "[[callers]]\nname = 'a'\nuser = 1\nalternative_name = 'DNS:a'", "callers",
                "one of certificate", 1},
        Refused{"CallerTwice",
                "[[callers]]\nname = 'a'\nuser = 1\n[[callers]]\nname = 'a'\nuser = 2",
                "callers.name", "twice", 4},
        Refused{"TwoCallersOfOneProof",
                "[[callers]]\nname = 'a'\nuser = 1\n[[callers]]\nname = 'b'\nuser = 1", "callers",
                "twice", 4},
        Refused{"ManagerOfACollectiviteByAnotherName",
                "[[managers]]\ncollectivite = 'commune'\ncaller = 'a'", "managers.collectivite",
                "9 digits", 2},
        Refused{"CollectiviteWithTwoManagers",
                "[[managers]]\ncollectivite = '123456789'\ncaller = 'a'\n[[managers]]\n"
                "collectivite = '123456789'\ncaller = 'b'",
                "managers.collectivite", "one manager", 4},
        Refused{"CallerNamedLocal", "[[callers]]\nname = 'local'\nuser = 1", "callers.name",
                "taken", 1},
        Refused{"CertificateThatIsNoDigest", "[[callers]]\nname = 'a'\ncertificate = 'ab:cd'",
                "callers.certificate", "64 hexadecimal", 3},
        Refused{"AlternativeNameOfNoKind", "[[callers]]\nname = 'a'\nalternative_name = 'a.fr'",
                "callers.alternative_name", "DNS:", 3},
        Refused{"SizeWithUnknownUnit", "[documents]\nmax_size = \"5 MB\"", "documents.max_size",
                "expected: size", 2},
        Refused{"NegativeSize", "[documents]\nmax_size = -1", "documents.max_size",
                "expected: size", 2},
        Refused{"DurationWithoutUnit", "[limits]\nidle_timeout = 30", "limits.idle_timeout",
                "expected: duration", 2},
        Refused{"CountOutOfRange", "[limits]\nmax_requests = 0", "limits.max_requests",
                "expected: 1..", 2},
        Refused{"UnknownKeyOfTheSchemas", "[schemas]\nfoldr = 'x'", "schemas.foldr",
                "nearest: schemas.folder", 2},
        Refused{"WrongType", "[signature]\nrole = 1", "signature.role", "expected: text", 2},
        Refused{"CompetenceHalfEnforced", "[competence]\nmode = \"off\"", "competence.mode",
                "\"not-enforced\"", 2},
        Refused{"KeyWithoutUri", "[[keys]]\nname = 'a'", "keys.uri", "missing", 1},
        Refused{"KeyTwice", "[[keys]]\nname='a'\nuri='pkcs11:'\n[[keys]]\nname='a'\nuri='pkcs11:'",
                "keys.name", "given twice", 4},
        Refused{"NotToml", "listen = ", "", "f.toml", 1}),
    [](const auto& each) { return each.param.name; });

TEST(Config, P58_APinInTheConfigurationIsRefusedAndNotRepeated) {
  const auto config =
      ParseConfig("[[keys]]\nname='a'\nuri='pkcs11:token=t?pin-value=73910042'", "f.toml");
  ASSERT_EQ(ReasonOf(config.status()), Reason::kConfigInvalid);
  EXPECT_THAT(DetailOf(config.status()), HasSubstr("PIN"));
  EXPECT_THAT(config.status().ToString(), Not(HasSubstr("73910042")));
}

TEST(Config, UnreadableFileIsAConfigurationError) {
  EXPECT_EQ(ReasonOf(LoadConfig("/nonexistent/sceaud.toml").status()), Reason::kConfigInvalid);
}

TEST(ListenAddress, OnlyThisMachine) {
  EXPECT_TRUE(wire::IsLoopbackAddress("127.0.0.1:0"));
  EXPECT_TRUE(wire::IsLoopbackAddress("127.3.2.1:65535"));
  EXPECT_TRUE(wire::IsLoopbackAddress("localhost:1"));
  EXPECT_TRUE(wire::IsLoopbackAddress("[::1]:1"));
  for (const char* outside :
       {"0.0.0.0:1", "10.0.0.1:1", "[::]:1", "example.org:1", "127.0.0.1", "127.0.0.1:65536",
        "127.0.0.1:", "127.0.0.1:-1", "", ":1", "127.0.0.1.example.org:1", "unix:/tmp/x"}) {
    EXPECT_FALSE(wire::IsLoopbackAddress(outside)) << outside;
  }
}

}  // namespace
}  // namespace sceau::server
