// A service that does what Prepare, Complete and GetResult should, over real gRPC, and lies where a
// test tells it to.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sceau/v1/signing.grpc.pb.h"
#include "server/engine.h"
#include "signer/detached.h"
#include "signer/to_be_signed.h"
#include "tests/signer/signing_support.h"

namespace sceau::test {

class LyingDaemon final : public v1::SigningService::Service {
 public:
  LyingDaemon();
  ~LyingDaemon() override { server_->Shutdown(); }

  struct Result {
    std::string document;
    std::vector<v1::Edit> edits;
    std::vector<v1::SignedElement> elements;
  };

  // The lies; what is not set is the truth.
  std::function<void(std::string& document)> document;  // that is prepared
  std::function<void(std::string& name)> name;          // of a file that is signed detached
  std::function<void(signer::SignatureParameters&)> parameters;
  std::function<void(v1::Preparation&)> preparation;
  std::function<void(std::vector<v1::PreparedTarget>&)> targets;
  std::function<void(Result&)> result;
  // Signs with this key instead of taking the values.
  signer::SignFunction own_key;
  bool loses_answer = false;  // of Complete, once it has done its work
  int breaks = 0;             // how often Complete breaks off before it has done anything

  const std::string& address() const { return address_; }
  int prepared() const { return prepared_; }
  int completed() const { return completed_; }
  const std::string& declined() const { return declined_; }

  grpc::Status Prepare(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::PrepareResponse, v1::PrepareRequest>* stream) override;
  grpc::Status Complete(grpc::ServerContext* context,
                        grpc::ServerReader<v1::CompleteRequest>* reader,
                        v1::CompleteResponse* response) override;
  grpc::Status GetResult(grpc::ServerContext* context, const v1::GetResultRequest* request,
                         grpc::ServerWriter<v1::GetResultResponse>* writer) override;

 private:
  StatusOr<signer::Prepared> MakePrepared(const server::SignOrder& order,
                                          const signer::SignatureParameters& it);
  Status Make(const std::vector<std::string>& values);

  const Signing files_;
  std::string key_;  // idempotency key of what was prepared
  std::string document_;
  std::optional<signer::DetachedTask> detached_;
  std::optional<signer::Prepared> work_;
  std::map<std::string, Result> results_;  // by name
  int prepared_ = 0, completed_ = 0;
  std::string declined_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace sceau::test
