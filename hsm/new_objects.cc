#include "hsm/new_objects.h"

#include "hsm/ckr_names.h"

namespace sceau::hsm {

NewObjects::~NewObjects() {
  for (const CK_OBJECT_HANDLE object : objects_) {
    session_.p11()->C_DestroyObject(session_.handle(), object);
  }
}

StatusOr<CK_OBJECT_HANDLE> NewObjects::Create(ObjectTemplate object) {
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  const CK_RV rv =
      session_.p11()->C_CreateObject(session_.handle(), object.data(), object.size(), &handle);
  if (rv != CKR_OK) return CkrError("C_CreateObject", rv);
  objects_.push_back(handle);
  return handle;
}

}  // namespace sceau::hsm
