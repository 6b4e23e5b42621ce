#include "hsm/key_generation.h"

#include "base/strings.h"
#include "hsm/ckr_names.h"
#include "hsm/new_objects.h"
#include "hsm/objects.h"

namespace sceau::hsm {
namespace {

using namespace std::string_view_literals;

struct Kind {
  KeyType type;
  int bits;
  CK_MECHANISM_TYPE mechanism;
  std::string_view curve;  // CKA_EC_PARAMS: its OID in DER (RFC 5480 §2.1.1.1)
};

constexpr Kind kKinds[] = {
    {KeyType::kRsa, 2048, CKM_RSA_PKCS_KEY_PAIR_GEN, {}},
    {KeyType::kRsa, 3072, CKM_RSA_PKCS_KEY_PAIR_GEN, {}},
    {KeyType::kRsa, 4096, CKM_RSA_PKCS_KEY_PAIR_GEN, {}},
    {KeyType::kEc, 256, CKM_EC_KEY_PAIR_GEN, "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv},
    {KeyType::kEc, 384, CKM_EC_KEY_PAIR_GEN, "\x06\x05\x2b\x81\x04\x00\x22"sv},
};

const Kind* Find(const NewKey& key) {
  for (const Kind& kind : kKinds) {
    if (kind.type == key.type && kind.bits == key.bits) return &kind;
  }
  return nullptr;
}

struct Demand {
  CK_ATTRIBUTE_TYPE attribute;
  bool value;
  std::string_view name;
};

// Of a private key; what a token does not tell counts as not met.
constexpr Demand kDemands[] = {
    {CKA_TOKEN, true, "CKA_TOKEN"},
    {CKA_PRIVATE, true, "CKA_PRIVATE"},
    {CKA_SENSITIVE, true, "CKA_SENSITIVE"},
    {CKA_EXTRACTABLE, false, "CKA_EXTRACTABLE"},
};

}  // namespace

ObjectTemplate PrivateKeyTemplate(const NewKey& key) {
  ObjectTemplate object;
  for (const Demand& demand : kDemands) object.Flag(demand.attribute, demand.value);
  object.Flag(CKA_SIGN, true).Add(CKA_ID, key.id).Add(CKA_LABEL, key.label);
  return object;
}

ObjectTemplate PublicKeyTemplate(const NewKey& key) {
  ObjectTemplate object;
  object.Flag(CKA_TOKEN, true)
      .Flag(CKA_PRIVATE, false)
      .Flag(CKA_VERIFY, true)
      .Add(CKA_ID, key.id)
      .Add(CKA_LABEL, key.label);
  return object;
}

Status CheckStaysInside(const Session& session, CK_OBJECT_HANDLE private_key) {
  std::vector<CK_ATTRIBUTE_TYPE> types;
  for (const Demand& demand : kDemands) types.push_back(demand.attribute);
  SCEAU_ASSIGN_OR_RETURN(const Attributes attributes, ReadAttributes(session, private_key, types));
  for (const Demand& demand : kDemands) {
    if (IsTrue(attributes, demand.attribute, !demand.value) != demand.value) {
      return Error(Reason::kTokenError, demand.name);
    }
  }
  return OkStatus();
}

Status GenerateKey(const Session& session, const NewKey& key) {
  const Kind* kind = Find(key);
  if (kind == nullptr) return Error(Reason::kAlgorithmRefused, Concat(key.bits));
  ObjectTemplate public_part = PublicKeyTemplate(key);
  if (kind->type == KeyType::kRsa) {
    public_part.Number(CKA_MODULUS_BITS, static_cast<CK_ULONG>(kind->bits))
        .Add(CKA_PUBLIC_EXPONENT, "\x01\x00\x01"sv);
  } else {
    public_part.Add(CKA_EC_PARAMS, kind->curve);
  }
  ObjectTemplate private_part = PrivateKeyTemplate(key);
  CK_MECHANISM mechanism{kind->mechanism, nullptr, 0};
  CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
  const CK_RV rv = session.p11()->C_GenerateKeyPair(
      session.handle(), &mechanism, public_part.data(), public_part.size(), private_part.data(),
      private_part.size(), &public_key, &private_key);
  if (rv != CKR_OK) return CkrError("C_GenerateKeyPair", rv);
  NewObjects made(session);
  made.Add(public_key);
  made.Add(private_key);
  SCEAU_RETURN_IF_ERROR(CheckStaysInside(session, private_key));
  made.Keep();
  return OkStatus();
}

}  // namespace sceau::hsm
