/* The peer: what a C programmer writes with libxmlsec1. One tree, one signature after another.
 *
 *   sceau-bench-peer IN.xml KEY.pem CERT.pem OUT.xml
 *
 * Signs every Bordereau with an Id (two references, XAdES properties in ds:Object, exclusive
 * canonicalisation, a key in software), saves, reads the result anew and verifies every signature
 * with the certificate's key. Prints {"signatures", "sign_seconds", "verify_seconds"}. */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xmlsec/crypto.h>
#include <xmlsec/templates.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

static const xmlChar* kXades = BAD_CAST "http://uri.etsi.org/01903/v1.2.2#";

static void require(int holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "sceau-bench-peer: %s\n", what);
  exit(1);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

typedef void (*visit)(xmlNodePtr node, void* data);

static void each(xmlNodePtr node, const char* name, visit action, void* data) {
  for (xmlNodePtr next; node != NULL; node = next) {
    next = node->next;
    if (node->type != XML_ELEMENT_NODE) continue;
    if (strcmp((const char*)node->name, name) == 0) {
      action(node, data);
    } else {
      each(node->children, name, action, data);
    }
  }
}

static void register_id(xmlNodePtr node, void* data) {
  xmlAttrPtr attribute = xmlHasProp(node, BAD_CAST "Id");
  (void)data;
  if (attribute == NULL || attribute->children == NULL) return;
  xmlAddID(NULL, node->doc, attribute->children->content, attribute);
}

static xmlDocPtr read_tree(const char* path) {
  xmlDocPtr doc = xmlReadFile(path, NULL, XML_PARSE_HUGE | XML_PARSE_NONET);
  require(doc != NULL, path);
  each(xmlDocGetRootElement(doc), "Bordereau", register_id, NULL);
  return doc;
}

struct signing {
  xmlSecKeyPtr key;
  int count;
};

static xmlNodePtr text_child(xmlNodePtr parent, xmlNsPtr ns, const char* name, const char* text) {
  return xmlNewTextChild(parent, ns, BAD_CAST name, BAD_CAST text);
}

static void add_properties(xmlNodePtr signature, const char* id) {
  char sp[300], target[300];
  snprintf(sp, sizeof sp, "%s_SP", id);
  snprintf(target, sizeof target, "#%s", id);
  xmlNodePtr object = xmlSecTmplSignatureAddObject(signature, NULL, NULL, NULL);
  xmlNodePtr qualifying = xmlNewChild(object, NULL, BAD_CAST "QualifyingProperties", NULL);
  xmlNsPtr ns = xmlNewNs(qualifying, kXades, BAD_CAST "xad");
  xmlSetNs(qualifying, ns);
  xmlNewProp(qualifying, BAD_CAST "Target", BAD_CAST target);
  xmlNodePtr properties = xmlNewChild(qualifying, ns, BAD_CAST "SignedProperties", NULL);
  xmlAttrPtr attribute = xmlNewProp(properties, BAD_CAST "Id", BAD_CAST sp);
  xmlAddID(NULL, signature->doc, BAD_CAST sp, attribute);
  xmlNodePtr inner = xmlNewChild(properties, ns, BAD_CAST "SignedSignatureProperties", NULL);
  text_child(inner, ns, "SigningTime", "2026-11-22T12:00:00Z");
  xmlNodePtr place = xmlNewChild(inner, ns, BAD_CAST "SignatureProductionPlace", NULL);
  text_child(place, ns, "City", "Brest");
  text_child(place, ns, "PostalCode", "29200");
  text_child(place, ns, "CountryName", "FR");
  xmlNodePtr role = xmlNewChild(inner, ns, BAD_CAST "SignerRole", NULL);
  xmlNodePtr claimed = xmlNewChild(role, ns, BAD_CAST "ClaimedRoles", NULL);
  text_child(claimed, ns, "ClaimedRole", "Maire");
}

static void sign_bordereau(xmlNodePtr bordereau, void* data) {
  struct signing* run = data;
  char id[250], uri[300], sp[300];
  xmlChar* of = xmlGetProp(bordereau, BAD_CAST "Id");
  require(of != NULL, "no Id");
  snprintf(id, sizeof id, "%s_SIG_1", (char*)of);
  snprintf(uri, sizeof uri, "#%s", (char*)of);
  snprintf(sp, sizeof sp, "#%s_SP", id);
  xmlFree(of);
  xmlNodePtr signature = xmlSecTmplSignatureCreateNsPref(
      bordereau->doc, xmlSecTransformExclC14NId, xmlSecTransformRsaSha256Id, BAD_CAST id,
      BAD_CAST "ds");
  xmlAddChild(bordereau, signature);
  xmlNodePtr content = xmlSecTmplSignatureAddReference(signature, xmlSecTransformSha256Id, NULL,
                                                       BAD_CAST uri, NULL);
  xmlSecTmplReferenceAddTransform(content, xmlSecTransformEnvelopedId);
  xmlSecTmplReferenceAddTransform(content, xmlSecTransformExclC14NId);
  xmlNodePtr own = xmlSecTmplSignatureAddReference(
      signature, xmlSecTransformSha256Id, NULL, BAD_CAST sp,
      BAD_CAST "http://uri.etsi.org/01903/v1.2.2#SignedProperties");
  xmlSecTmplReferenceAddTransform(own, xmlSecTransformExclC14NId);
  xmlSecTmplKeyInfoAddX509Data(xmlSecTmplSignatureEnsureKeyInfo(signature, NULL));
  add_properties(signature, id);

  xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
  context->signKey = xmlSecKeyDuplicate(run->key);
  require(xmlSecDSigCtxSign(context, signature) == 0, "xmlSecDSigCtxSign");
  xmlSecDSigCtxDestroy(context);
  ++run->count;
}

static void verify_signature(xmlNodePtr signature, void* data) {
  struct signing* run = data;
  each(signature->children, "SignedProperties", register_id, NULL);
  xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
  context->signKey = xmlSecKeyDuplicate(run->key);
  require(xmlSecDSigCtxVerify(context, signature) == 0 &&
              context->status == xmlSecDSigStatusSucceeded,
          "xmlSecDSigCtxVerify");
  xmlSecDSigCtxDestroy(context);
  ++run->count;
}

int main(int argc, char** argv) {
  require(argc == 5, "IN.xml KEY.pem CERT.pem OUT.xml");
  require(xmlSecInit() == 0 && xmlSecCryptoAppInit(NULL) == 0 && xmlSecCryptoInit() == 0,
          "xmlSecInit");
  struct signing run = {0};
  run.key = xmlSecCryptoAppKeyLoad(argv[2], xmlSecKeyDataFormatPem, NULL, NULL, NULL);
  require(run.key != NULL && xmlSecCryptoAppKeyCertLoad(run.key, argv[3], xmlSecKeyDataFormatPem) == 0,
          "key");
  const double start = now();
  xmlDocPtr doc = read_tree(argv[1]);
  each(xmlDocGetRootElement(doc), "Bordereau", sign_bordereau, &run);
  require(xmlSaveFile(argv[4], doc) > 0, argv[4]);
  xmlFreeDoc(doc);
  const double signed_at = now();
  const int made = run.count;

  run.count = 0;
  doc = read_tree(argv[4]);
  each(xmlDocGetRootElement(doc), "Signature", verify_signature, &run);
  xmlFreeDoc(doc);
  const double verified_at = now();
  require(run.count == made && made > 0, "signatures");
  printf("{\"signatures\": %d, \"sign_seconds\": %.3f, \"verify_seconds\": %.3f}\n", made,
         signed_at - start, verified_at - signed_at);
  xmlSecKeyDestroy(run.key);
  xmlSecCryptoShutdown();
  xmlSecCryptoAppShutdown();
  xmlSecShutdown();
  return 0;
}
