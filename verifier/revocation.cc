#include "verifier/revocation.h"

#include <algorithm>
#include <utility>

#include "verifier/crl_status.h"

namespace sceau::verifier {
namespace {

class Inquiry {
 public:
  Inquiry(const RevocationQuestion& question, const RevocationSources& sources)
      : question_(question), sources_(sources) {
    Take(question.embedded, question.extent);
    Take(sources.given.get(), RevocationExtent::All());
  }

  // What is at hand and, where it is not the latest word, what the network says.
  CertificateStatus Of(const Path& path) {
    CertificateStatus status =
        Stronger(StatusByOcsp(path, responses_, OcspAt()),
                 StatusByCrl(path, crls_, question_.others, question_.at, question_.outdated));
    if (sources_.network == nullptr || status.state == RevocationState::kRevoked) return status;
    CertificateStatus answer = sources_.network->AskResponders(path, OcspAt());
    const bool answered = answer.state != RevocationState::kUndetermined;
    status = Stronger(std::move(status), std::move(answer));
    return answered ? status : Stronger(std::move(status), ByFetchedCrls(path));
  }

 private:
  void Take(const RevocationData* data, const RevocationExtent& extent) {
    if (data == nullptr) return;
    for (size_t i = 0; i < std::min(extent.crls, data->crls().size()); ++i) {
      crls_.push_back(data->crls()[i].get());
    }
    for (size_t i = 0; i < std::min(extent.responses, data->responses().size()); ++i) {
      responses_.push_back(data->responses()[i].get());
    }
  }

  OcspDemands OcspAt() {
    OcspDemands demands;
    demands.at = question_.at;
    demands.outdated = question_.outdated;
    demands.responder = [this](const Path& responder) {
      return StatusByCrl(responder, crls_, question_.others, question_.at, question_.outdated)
                 .state == RevocationState::kGood;
    };
    return demands;
  }

  CertificateStatus ByFetchedCrls(const Path& path) {
    std::string failure;
    std::vector<X509CrlHandle> fetched = sources_.network->FetchCrls(path, question_.at, failure);
    CertificateStatus status;
    status.code = failure.empty() ? "REVOCATION_DATA_MISSING" : "REVOCATION_UNREACHABLE";
    status.detail = failure;
    if (fetched.empty()) return status;
    for (X509CrlHandle& crl : fetched) {
      crls_.push_back(crl.get());
      fetched_.push_back(std::move(crl));
    }
    return StatusByCrl(path, crls_, question_.others, question_.at, question_.outdated);
  }

  const RevocationQuestion& question_;
  const RevocationSources& sources_;
  std::vector<X509_CRL*> crls_;
  std::vector<OCSP_RESPONSE*> responses_;
  std::vector<X509CrlHandle> fetched_;
};

}  // namespace

std::vector<CertificateStatus> StatusesOf(const RevocationQuestion& question,
                                          const RevocationSources& sources) {
  Inquiry inquiry(question, sources);
  std::vector<CertificateStatus> out;
  for (size_t i = 0; i + 1 < question.chain.size(); ++i) {
    const auto from = question.chain.begin() + static_cast<ptrdiff_t>(i);
    out.push_back(inquiry.Of(Path(from, question.chain.end())));
  }
  return out;
}

}  // namespace sceau::verifier
