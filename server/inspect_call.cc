#include "server/inspect_call.h"

#include <optional>
#include <utility>

#include "server/convert_inspection.h"
#include "server/document_call.h"
#include "server/inspection_items.h"

namespace sceau::server {
namespace {

using Base = DocumentCall<v1::InspectRequest, v1::InspectResponse>;

class InspectCall final : public Base {
 public:
  InspectCall(grpc::CallbackServerContext* context, const Workshop& workshop)
      : Base(context, workshop, "Inspect") {}

 private:
  Status OnHeader(const v1::InspectRequest& request) override {
    const v1::DocumentHeader& header = request.header();
    return upload().Begin(header.has_size() ? std::optional<int64_t>(header.size()) : std::nullopt,
                          header.sha256());
  }

  Status OnDocument() override {
    SCEAU_ASSIGN_OR_RETURN(inspection_, workshop().engine->inspect(upload().file()));
    return OkStatus();
  }

  StatusOr<bool> Next(v1::InspectResponse& response) override {
    if (!std::exchange(file_sent_, true)) {
      *response.mutable_file() = ToWireFile(inspection_);
      return true;
    }
    if (!items_) items_.emplace(inspection_);
    v1::InspectedItems items;
    if (items_->Next(items)) {
      *response.mutable_items() = std::move(items);
      return true;
    }
    if (std::exchange(ended_, true)) return false;
    *response.mutable_end() = items_->Sent();
    return true;
  }

  schemas::Inspection inspection_;
  std::optional<InspectionItems> items_;
  bool file_sent_ = false, ended_ = false;
};

}  // namespace

grpc::ServerBidiReactor<v1::InspectRequest, v1::InspectResponse>* StartInspect(
    grpc::CallbackServerContext* context, const Workshop& workshop) {
  return Base::Start(std::make_shared<InspectCall>(context, workshop),
                     {Role::kSigner, Role::kVerifier});
}

}  // namespace sceau::server
