/**
 * Tables as Apache Parquet. Of the Parquet library this uses what needs no Hadoop: schemas, column
 * encoding and the writer of files. {@link dev.andiron.fhir.view.parquet.CellForm} says which type
 * a column has in a file.
 */
package dev.andiron.fhir.view.parquet;
