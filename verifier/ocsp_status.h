// What OCSP responses say of one certificate (RFC 6960). A response counts when it is signed by the
// certificate's issuer or by a responder that this issuer itself has authorised (§4.2.2.2).
#pragma once

#include <openssl/ocsp.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/c_handle.h"
#include "verifier/path_building.h"
#include "verifier/revocation_status.h"

namespace sceau::verifier {

using OcspResponseHandle = CHandle<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using OcspRequestHandle = CHandle<OCSP_REQUEST, OCSP_REQUEST_free>;

// Says whether a responder's certificate that is not exempt (id-pkix-ocsp-nocheck) is good, by
// other means; gets the path from it to the anchor.
using ResponderCheck = std::function<bool(const Path& responder)>;

struct OcspDemands {
  absl::Time at;
  Outdated outdated = Outdated::kRefused;
  // What was asked; null: the response was found, not asked for. A nonce in the answer must be the
  // one asked with.
  OCSP_REQUEST* request = nullptr;
  ResponderCheck responder;
};

CertificateStatus StatusByOcsp(const Path& path, const std::vector<OCSP_RESPONSE*>& responses,
                               const OcspDemands& demands);

// A request for this certificate, with a nonce.
OcspRequestHandle MakeOcspRequest(X509* certificate, X509* issuer);

}  // namespace sceau::verifier
