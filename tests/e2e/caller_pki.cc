#include "tests/e2e/caller_pki.h"

#include "absl/time/clock.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/strings.h"
#include "tests/support/require.h"
#include "tests/support/test_revocation.h"

namespace sceau::test {
namespace {

std::string Read(const std::string& path) {
  const auto text = ReadSmallFile(path);
  Require(text.ok(), path);
  return *text;
}

}  // namespace

CallerPki::CallerPki() {
  pki_.WriteAuthorities(folder_.path());
  service_ = IssueFor("sceaud", "IP:127.0.0.1,DNS:localhost", "serverAuth");
  WriteRevocation({});
}

CallerPki::Card CallerPki::Issue(const std::string& name,
                                 const std::string& alternative_name) const {
  return IssueFor(name, alternative_name, "clientAuth");
}

CallerPki::Card CallerPki::IssueFor(const std::string& name, const std::string& alternative_name,
                                    const std::string& usage) const {
  const EvpPkeyHandle key = NewEcKey();
  Card card;
  card.der = pki_.Issue(key.get(), {.common_name = name,
                                    .key_usage = "critical,digitalSignature",
                                    .extended_key_usage = usage,
                                    .subject_alt_name = alternative_name});
  card.certificate = folder_.Write(name + ".pem", PemOf(card.der) + PemOf(pki_.issuing()));
  card.key = folder_.Write(name + ".key", PemOfKey(key.get()));
  card.sha256 = ToHex(DigestOf(DigestAlgorithm::kSha256, card.der));
  return card;
}

std::string CallerPki::Identity(const std::string& callers, bool with_revocation) const {
  return Concat("identity.certificate = \"", service_.certificate, "\"\nidentity.key = \"",
                service_.key, "\"\nidentity.callers_authority = \"", authority(),
                "\"\nidentity.callers_revocation = [",
                with_revocation ? Concat("\"", folder_.path(), "/callers.crl\"") : "", "]\n",
                callers.empty() ? "" : Concat("callers = [", callers, "]"));
}

void CallerPki::WriteRevocation(const std::vector<Card>& revoked) const {
  CrlOptions options{.this_update = absl::Now() - absl::Hours(1),
                     .next_update = absl::Now() + absl::Hours(24)};
  for (const Card& card : revoked) {
    options.revoked.push_back({card.der, absl::Now() - absl::Minutes(1)});
  }
  folder_.Write("callers.crl", MakeCrl(pki_.issuing(), pki_.issuing_key(), options));
}

client::Options CallerPki::OptionsOf(const Card& card, const std::string& address) const {
  return {.address = address,
          .authority = Read(authority()),
          .certificate = Read(card.certificate),
          .key = Read(card.key)};
}

std::vector<std::string> CallerPki::ArgumentsOf(const Card& card,
                                                const std::string& address) const {
  return {"--server",   address,          "--tls-ca",  authority(),
          "--tls-cert", card.certificate, "--tls-key", card.key};
}

}  // namespace sceau::test
