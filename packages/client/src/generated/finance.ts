// Written by generate.ts from the schemas of the server: `npm run generate`. Do not edit.

import type { FileInput } from '../files.ts'

/** Parameters of `POST /finance/parse_invoice`. Reads the invoices in a file into fields. */
export interface InvoiceParseInput {
  file: FileInput
}

/** Result of `POST /finance/parse_invoice`. */
export type InvoiceParseResult = {
  source_pages: number[]
  document: {
    type: string
    original_type_label: string
    is_copy: boolean
    copy_type: string | null
  }
  invoice: {
    invoice_number: string
    issue_date: string | null
    due_date: string | null
    document_date: string | null
    order_date: string | null
    delivery_date: string | null
    shipping_date: string | null
    pricing_date: string | null
    currency: string
    exchange_rate: number | null
    page_info: string
    amount_in_words: string
    notes: string
    remarks: string
    delivery_instructions: string
    terms_and_conditions: string[]
    late_payment_interest_rate: number | null
  }
  references: {
    delivery_order_number: string
    purchase_order_number: string
    sales_order_number: string
    customer_reference: string
    external_document_number: string
    grn_number: string
    route_number: string
    lorry_number: string
    serial_number: string
    batch_number: string
    other_references: string[]
  }
  e_invoice: {
    uuid: string
    e_invoice_code: string
    e_invoice_type: string
    e_invoice_version: string
    submission_id: string
    submission_document_id: string
    submission_long_id: string
    submission_status: string
    validation_datetime: string | null
    digital_signature_present: boolean
    validated_link: string
    original_e_invoice_ref: string
    qr_code_present: boolean
  }
  seller: {
    name: string
    trade_name: string
    registration_number: string
    tin: string
    sst_id: string
    gst_id: string
    vat_id: string
    msic_code: string
    business_activity: string
    address: {
      street_line_1: string
      street_line_2: string
      city: string
      state: string
      postcode: string
      country: string
    }
    phone: string
    fax: string
    email: string
    website: string
    bank_details: {
      bank_name: string
      account_name: string
      account_number: string
      sort_code: string
      swift_code: string
      iban: string
    }[]
    contact_person: {
      name: string
      role: string
      phone: string
      email: string
    }
  }
  buyer: {
    name: string
    trade_name: string
    registration_number: string
    tin: string
    brn: string
    sst_id: string
    gst_id: string
    vat_id: string
    customer_account_number: string
    billing_address: {
      location_name: string
      street_line_1: string
      street_line_2: string
      city: string
      state: string
      postcode: string
      country: string
    }
    delivery_address: {
      recipient_name: string
      location_name: string
      street_line_1: string
      street_line_2: string
      city: string
      state: string
      postcode: string
      country: string
    }
    delivery_address_same_as_billing: boolean
    phone: string
    fax: string
    email: string
    attention_to: {
      name: string
      phone: string
      email: string
    }
  }
  sales_info: {
    salesperson_name: string
    salesperson_code: string
    salesperson_phone: string
    sales_agent: string
    sales_location: string
    sales_department: string
    outlet_name: string
  }
  financials: {
    subtotal: number | null
    gross_amount: number | null
    total_discount_amount: number | null
    shipping_charge: number | null
    delivery_fee: number | null
    total_excl_tax: number | null
    total_tax_amount: number | null
    service_tax_amount: number | null
    total_incl_tax: number | null
    rounding_adjustment: number | null
    total_payable: number | null
    amount_paid: number | null
    amount_due: number | null
    tax_details: {
      tax_type: string
      tax_rate: number | null
      taxable_amount: number | null
      tax_amount: number | null
    }[]
  }
  line_items: {
    line_number: number | null
    item_code: string
    stock_code: string
    barcode: string
    description: string
    classification_code: string
    country_of_origin: string
    quantity: number | null
    free_quantity: number | null
    unit_of_measure: string
    unit_of_measure_raw: string
    pack_size: string
    total_units: number | null
    weight: number | null
    weight_uom: string
    unit_price: number | null
    discount_percent: number | null
    discount_amount: number | null
    subtotal: number | null
    tax_rate: number | null
    tax_type: string
    tax_amount: number | null
    total_excl_tax: number | null
    total_incl_tax: number | null
    expiry_date: string | null
    batch_lot_number: string
    service_start_date: string | null
    service_end_date: string | null
  }[]
  payment: {
    payment_terms: string
    payment_terms_days: number | null
    payment_method: string
    payment_date: string | null
    payment_reference: string
    jompay_biller_code: string
    jompay_ref_1: string
  }
  logistics: {
    shipping_method: string
    vehicle_number: string
    driver_name: string
    delivery_zone: string
    delivery_time_constraint: string
    carton_count: number | null
    total_volume: number | null
    total_weight: number | null
    goods_received_confirmation: boolean
    received_by: string
    receiver_signature_present: boolean
  }
}[]
