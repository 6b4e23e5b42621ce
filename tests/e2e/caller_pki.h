// Certificates of the service and of its callers, by an authority of their own.
#pragma once

#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "tests/support/test_pki.h"
#include "tools/client/client.h"

namespace sceau::test {

class CallerPki {
 public:
  struct Card {
    std::string der, certificate, key;  // the latter two: paths of PEM files
    std::string sha256;                 // of the DER, lower-case hexadecimal
  };

  CallerPki();
  // A client certificate with this alternative name ("URI:...", as in OpenSSL's configuration).
  Card Issue(const std::string& name, const std::string& alternative_name) const;
  // [identity] of a daemon (TOML, keys at the top of the file) that listens by TLS.
  // `callers`: an array of inline tables.
  std::string Identity(const std::string& callers, bool with_revocation = false) const;
  // The list of revoked certificates, from now on.
  void WriteRevocation(const std::vector<Card>& revoked) const;

  std::string authority() const { return folder_.path() + "/root.pem"; }
  std::string folder() const { return folder_.path(); }
  client::Options OptionsOf(const Card& card, const std::string& address) const;
  // The command's options for the same.
  std::vector<std::string> ArgumentsOf(const Card& card, const std::string& address) const;

 private:
  Card IssueFor(const std::string& name, const std::string& alternative_name,
                const std::string& usage) const;

  TemporaryFolder folder_;
  TestPki pki_;
  Card service_;
};

}  // namespace sceau::test
