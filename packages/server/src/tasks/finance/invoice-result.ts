import { z } from 'zod'
import { foundDate, foundFlag, foundNumber, foundText, foundTexts } from '../documents/result-fields.ts'

const address = {
  street_line_1: foundText,
  street_line_2: foundText,
  city: foundText,
  state: foundText,
  postcode: foundText,
  country: foundText,
}

const document = z.object({
  type: foundText,
  original_type_label: foundText,
  is_copy: foundFlag,
  copy_type: foundText.nullable(),
})

const invoice = z.object({
  invoice_number: foundText,
  issue_date: foundDate,
  due_date: foundDate,
  document_date: foundDate,
  order_date: foundDate,
  delivery_date: foundDate,
  shipping_date: foundDate,
  pricing_date: foundDate,
  currency: foundText,
  exchange_rate: foundNumber,
  page_info: foundText,
  amount_in_words: foundText,
  notes: foundText,
  remarks: foundText,
  delivery_instructions: foundText,
  terms_and_conditions: foundTexts,
  late_payment_interest_rate: foundNumber,
})

const references = z.object({
  delivery_order_number: foundText,
  purchase_order_number: foundText,
  sales_order_number: foundText,
  customer_reference: foundText,
  external_document_number: foundText,
  grn_number: foundText,
  route_number: foundText,
  lorry_number: foundText,
  serial_number: foundText,
  batch_number: foundText,
  other_references: foundTexts,
})

const eInvoice = z.object({
  uuid: foundText,
  e_invoice_code: foundText,
  e_invoice_type: foundText,
  e_invoice_version: foundText,
  submission_id: foundText,
  submission_document_id: foundText,
  submission_long_id: foundText,
  submission_status: foundText,
  validation_datetime: foundText.nullable(),
  digital_signature_present: foundFlag,
  validated_link: foundText,
  original_e_invoice_ref: foundText,
  qr_code_present: foundFlag,
})

const bankDetails = z.object({
  bank_name: foundText,
  account_name: foundText,
  account_number: foundText,
  sort_code: foundText,
  swift_code: foundText,
  iban: foundText,
})

const seller = z.object({
  name: foundText,
  trade_name: foundText,
  registration_number: foundText,
  tin: foundText,
  sst_id: foundText,
  gst_id: foundText,
  vat_id: foundText,
  msic_code: foundText,
  business_activity: foundText,
  address: z.object(address),
  phone: foundText,
  fax: foundText,
  email: foundText,
  website: foundText,
  bank_details: z.array(bankDetails),
  contact_person: z.object({ name: foundText, role: foundText, phone: foundText, email: foundText }),
})

const buyer = z.object({
  name: foundText,
  trade_name: foundText,
  registration_number: foundText,
  tin: foundText,
  brn: foundText,
  sst_id: foundText,
  gst_id: foundText,
  vat_id: foundText,
  customer_account_number: foundText,
  billing_address: z.object({ location_name: foundText, ...address }),
  delivery_address: z.object({ recipient_name: foundText, location_name: foundText, ...address }),
  delivery_address_same_as_billing: foundFlag,
  phone: foundText,
  fax: foundText,
  email: foundText,
  attention_to: z.object({ name: foundText, phone: foundText, email: foundText }),
})

const salesInfo = z.object({
  salesperson_name: foundText,
  salesperson_code: foundText,
  salesperson_phone: foundText,
  sales_agent: foundText,
  sales_location: foundText,
  sales_department: foundText,
  outlet_name: foundText,
})

const taxDetails = z.object({
  tax_type: foundText,
  tax_rate: foundNumber,
  taxable_amount: foundNumber,
  tax_amount: foundNumber,
})

const financials = z.object({
  subtotal: foundNumber,
  gross_amount: foundNumber,
  total_discount_amount: foundNumber,
  shipping_charge: foundNumber,
  delivery_fee: foundNumber,
  total_excl_tax: foundNumber,
  total_tax_amount: foundNumber,
  service_tax_amount: foundNumber,
  total_incl_tax: foundNumber,
  rounding_adjustment: foundNumber,
  total_payable: foundNumber,
  amount_paid: foundNumber,
  amount_due: foundNumber,
  tax_details: z.array(taxDetails),
})

const lineItem = z.object({
  line_number: foundNumber,
  item_code: foundText,
  stock_code: foundText,
  barcode: foundText,
  description: foundText,
  classification_code: foundText,
  country_of_origin: foundText,
  quantity: foundNumber,
  free_quantity: foundNumber,
  unit_of_measure: foundText,
  unit_of_measure_raw: foundText,
  pack_size: foundText,
  total_units: foundNumber,
  weight: foundNumber,
  weight_uom: foundText,
  unit_price: foundNumber,
  discount_percent: foundNumber,
  discount_amount: foundNumber,
  subtotal: foundNumber,
  tax_rate: foundNumber,
  tax_type: foundText,
  tax_amount: foundNumber,
  total_excl_tax: foundNumber,
  total_incl_tax: foundNumber,
  expiry_date: foundDate,
  batch_lot_number: foundText,
  service_start_date: foundDate,
  service_end_date: foundDate,
})

const payment = z.object({
  payment_terms: foundText,
  payment_terms_days: foundNumber,
  payment_method: foundText,
  payment_date: foundDate,
  payment_reference: foundText,
  jompay_biller_code: foundText,
  jompay_ref_1: foundText,
})

const logistics = z.object({
  shipping_method: foundText,
  vehicle_number: foundText,
  driver_name: foundText,
  delivery_zone: foundText,
  delivery_time_constraint: foundText,
  carton_count: foundNumber,
  total_volume: foundNumber,
  total_weight: foundNumber,
  goods_received_confirmation: foundFlag,
  received_by: foundText,
  receiver_signature_present: foundFlag,
})

/** One invoice of a file: every key, in the order of the wire facts (section 2.4). */
export const invoiceEntry = z.object({
  source_pages: z.array(z.int().min(1)),
  document,
  invoice,
  references,
  e_invoice: eInvoice,
  seller,
  buyer,
  sales_info: salesInfo,
  financials,
  line_items: z.array(lineItem),
  payment,
  logistics,
})
