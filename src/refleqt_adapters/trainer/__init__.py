"""Trainers: a LoRA for one business, made from its dataset."""
