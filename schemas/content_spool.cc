#include "schemas/content_spool.h"

namespace sceau::schemas {

void ContentSpool::Start() {
  size_ = 0;
  head_.clear();
  type_.reset();
  file_.reset();
  status_ = OkStatus();
}

void ContentSpool::Write(std::string_view octets) {
  size_ += static_cast<int64_t>(octets.size());
  if (type_) return Keep(octets);
  head_ += octets;
  if (head_.size() >= kContentHead) (void)type();
}

ContentType ContentSpool::type() {
  if (!type_) {
    type_ = ContentTypeOf(head_);
    Keep(head_);
    head_.clear();
  }
  return *type_;
}

void ContentSpool::Keep(std::string_view octets) {
  if (!wanted_(*type_) || !status_.ok()) return;
  if (size_ > max_size_) {
    status_ = Error(Reason::kDocumentTooLarge);
    return Drop();
  }
  if (!file_) file_.emplace(OutputFile::Unnamed());
  status_ = file_->Append(octets);
}

StatusOr<InputFile> ContentSpool::Content() {
  SCEAU_RETURN_IF_ERROR(status_);
  return file_->Reread();
}

}  // namespace sceau::schemas
