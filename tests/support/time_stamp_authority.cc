#include "tests/support/time_stamp_authority.h"

#include <fstream>
#include <iterator>

#include "base/strings.h"
#include "tests/support/process.h"
#include "tests/support/require.h"
#include "tests/support/test_revocation.h"

namespace sceau::test {
namespace {

void Run(const std::vector<std::string>& argv) {
  const ProcessResult result = RunProcess(argv);
  Require(result.exit_code == 0, result.err);
}

std::string Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

LeafOptions TimeStampingLeaf() {
  LeafOptions leaf;
  leaf.common_name = "Horodatage d'essai";
  leaf.key_usage = "critical,digitalSignature";
  leaf.extended_key_usage = "critical,timeStamping";
  return leaf;
}

std::string SignedAgain(const std::string& token, const std::string& der, EVP_PKEY* key) {
  const TemporaryFolder folder;
  const std::string in = folder.Write("token", token);
  const std::string info = folder.path() + "/info";
  const std::string out = folder.path() + "/out";
  Run({"openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", in, "-out",
       info});
  Run({"openssl",
       "cms",
       "-sign",
       "-binary",
       "-nodetach",
       "-cades",
       "-econtent_type",
       "1.2.840.113549.1.9.16.1.4",
       "-md",
       "sha256",
       "-in",
       info,
       "-signer",
       folder.Write("signer.pem", PemOf(der)),
       "-inkey",
       folder.Write("signer.key", PemOfKey(key)),
       "-outform",
       "DER",
       "-out",
       out});
  return Content(out);
}

TimeStampAuthority::TimeStampAuthority(const std::string& der, EVP_PKEY* key,
                                       const std::string& issuer_der) {
  folder_.Write("tsa.pem", PemOf(der));
  folder_.Write("tsa.key", PemOfKey(key));
  folder_.Write("chain.pem", PemOf(issuer_der));
  folder_.Write("serial", "01\n");
  folder_.Write("ts.cnf", Concat("[tsa]\ndefault_tsa = tsa1\n[tsa1]\nserial = ", folder_.path(),
                                 "/serial\ndefault_policy = 1.2.3.4.1\ndigests = sha1, sha256, "
                                 "sha512\nsigner_digest = sha256\naccuracy = secs:1\nordering = "
                                 "no\ntsa_name = no\ness_cert_id_chain = no\ness_cert_id_alg = "
                                 "sha256\n"));
}

std::string TimeStampAuthority::Stamp(const std::string& octets, const std::string& digest) const {
  const std::string& folder = folder_.path();
  const std::string data = folder_.Write("data", octets);
  Run({"openssl", "ts", "-query", "-data", data, "-" + digest, "-cert", "-out", folder + "/query"});
  Run({"openssl", "ts", "-reply", "-config", folder + "/ts.cnf", "-section", "tsa1", "-queryfile",
       folder + "/query", "-signer", folder + "/tsa.pem", "-inkey", folder + "/tsa.key", "-chain",
       folder + "/chain.pem", "-token_out", "-out", folder + "/token"});
  return Content(folder + "/token");
}

std::string TimeStampAuthority::Respond(const std::string& query) const {
  const std::string& folder = folder_.path();
  Run({"openssl", "ts", "-reply", "-config", folder + "/ts.cnf", "-section", "tsa1", "-queryfile",
       folder_.Write("query", query), "-signer", folder + "/tsa.pem", "-inkey", folder + "/tsa.key",
       "-chain", folder + "/chain.pem", "-out", folder + "/response"});
  return Content(folder + "/response");
}

std::string TimeStampAuthority::Answer(const std::string& request) const {
  const std::string& folder = folder_.path();
  const std::string query = folder_.Write("asked", request);
  Run({"openssl", "ts", "-reply", "-config", folder + "/ts.cnf", "-section", "tsa1", "-queryfile",
       query, "-signer", folder + "/tsa.pem", "-inkey", folder + "/tsa.key", "-chain",
       folder + "/chain.pem", "-out", folder + "/response"});
  return Content(folder + "/response");
}

}  // namespace sceau::test
